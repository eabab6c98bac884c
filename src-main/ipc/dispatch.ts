/** Checks every call against the contract and runs its handler, whatever carried the call here. */
import type { z } from 'zod';
import { toErrorData, VirError } from '../../src-shared/errors.ts';
import {
  type Answer,
  type CallName,
  calls,
  type CheckedArgument,
  type ContractEvent,
} from '../../src-shared/contract/index.ts';
import type { Reply } from '../../src-shared/contract/call.ts';
import { say } from '../../src-shared/words.ts';
import type { Emitter } from '../engine/events.ts';
import type { Logger } from '../engine/logger.ts';
import type { ContractServer } from './server.ts';

/** Who calls. Handlers that hold something for a client release it when the client goes. */
export interface ClientContext {
  readonly id: string;
  /** Runs `release` once: when the client disconnects, or when a later call with the same key replaces it. */
  onDisconnect(key: string, release: (() => void) | undefined): void;
}

export type Handler<N extends CallName> = (
  argument: CheckedArgument<N>,
  client: ClientContext,
) => Promise<Answer<N>> | Answer<N>;

/** Some of the contract's handlers; the sets of all namespaces together make a server. */
export type HandlerSet = { readonly [N in CallName]?: Handler<N> };

class Client implements ClientContext {
  readonly id: string;
  readonly #releases = new Map<string, () => void>();

  constructor(id: string) {
    this.id = id;
  }

  onDisconnect(key: string, release: (() => void) | undefined): void {
    this.#releases.get(key)?.();
    if (release === undefined) this.#releases.delete(key);
    else this.#releases.set(key, release);
  }

  release(): void {
    for (const release of this.#releases.values()) release();
    this.#releases.clear();
  }
}

/** Makes a server of handlers. A call nobody handles answers "not supported". */
export function createContractServer(
  handlers: HandlerSet,
  events: Emitter<ContractEvent>,
  logger: Logger,
): ContractServer {
  const clients = new Map<string, Client>();
  const clientOf = (id: string): Client => {
    const known = clients.get(id) ?? new Client(id);
    clients.set(id, known);
    return known;
  };

  const run = async (name: string, argument: unknown, clientId: string): Promise<unknown> => {
    if (!isCallName(name)) {
      throw new VirError({
        code: 'no-support',
        domain: 'rpc',
        message: say`There is no call '${name.slice(0, 100)}'.`,
      });
    }
    const handler = handlers[name] as ((argument: unknown, client: ClientContext) => unknown) | undefined;
    if (handler === undefined) {
      throw new VirError({
        code: 'no-support',
        domain: 'rpc',
        message: say`The call '${name}' is not available here.`,
      });
    }
    return await handler(check(name, argument), clientOf(clientId));
  };

  return {
    async handle(name, argument, clientId): Promise<Reply<unknown>> {
      try {
        return { ok: true, value: await run(name, argument, clientId) };
      } catch (thrown) {
        if (!(thrown instanceof VirError)) logger.log('error', `the call '${name}' failed`, { error: thrown });
        return { ok: false, error: toErrorData(thrown, 'rpc') };
      }
    },
    subscribe(clientId, listener) {
      clientOf(clientId);
      return events.subscribe(listener);
    },
    disconnect(clientId) {
      clients.get(clientId)?.release();
      clients.delete(clientId);
    },
  };
}

const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name);

function check(name: CallName, argument: unknown): unknown {
  const schema: z.ZodType = calls[name].argument;
  const result = schema.safeParse(argument);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')})`;
  throw new VirError({
    code: 'invalid-arg',
    domain: 'rpc',
    message: say`The argument of '${name}' is not valid${place}: ${issue?.message ?? 'unknown problem'}.`,
  });
}
