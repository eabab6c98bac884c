/** The renderer's only way to the engine: the contract over `window.vivarium`. */
import type { Bridge } from '../../src-shared/contract/bridge.ts';
import type { Answer, ContractClient } from '../../src-shared/contract/index.ts';
import type { ErrorData } from '../../src-shared/errors.ts';

declare global {
  interface Window {
    readonly vivarium: Bridge;
  }
}

/** What a call of the contract throws: an error to be shown in its four parts. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    super(data.message);
    this.data = data;
  }
}

/** What was thrown, as something that can be shown; a bug of ours shows as one. */
export function errorDataOf(thrown: unknown): ErrorData {
  if (thrown instanceof EngineError) return thrown.data;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const details = thrown instanceof Error ? thrown.stack : undefined;
  return { code: 'internal-error', domain: 'none', message, ...(details === undefined ? {} : { details }) };
}

export function createClient(bridge: Bridge): ContractClient {
  return {
    async call(name, argument) {
      const reply = await bridge.call(name, argument);
      if (!reply.ok) throw new EngineError(reply.error);
      return reply.value as Answer<typeof name>;
    },
    subscribe(listener) {
      return bridge.subscribe((events) => {
        for (const event of events) listener(event);
      });
    },
  };
}

/** The engine. */
export const engine: ContractClient = {
  call: (name, argument) => createClient(window.vivarium).call(name, argument),
  subscribe: (listener) => createClient(window.vivarium).subscribe(listener),
};

/** The path of a file that was dropped on the window; undefined when it is not a file of this machine. */
export function pathOfDropped(file: File): string | undefined {
  const path = window.vivarium.pathOf(file);
  return path === '' ? undefined : path;
}
