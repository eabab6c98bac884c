/** What was seen of a server last, on disk: a list to show before the server has answered, or while it does not. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';
import type { EngineContext } from '../../engine/context.ts';
import type { Remembered } from '../../engine/driver.ts';
import type { Logger } from '../../engine/logger.ts';
import { privateFolder, readIfThere, writeWhole } from '../../host/files.ts';

/** Changes of so long are written together. */
const settleMs = 2_000;

/** What the window can't do without; a file of another version that has it is as good. */
const shape = z.object({
  seenMs: z.number(),
  domains: z.array(z.looseObject({ uuid: z.string(), name: z.string(), state: z.string(), tags: z.array(z.string()) })),
});

const folderOf = ({ directories }: EngineContext): string => join(directories.cache, 'hosts');

function fileOf(uri: string, context: EngineContext): string {
  return join(folderOf(context), `${createHash('sha256').update(uri).digest('hex').slice(0, 16)}.json`);
}

/** Undefined for a server that was never seen. */
export function readRemembered(uri: string, context: EngineContext): Remembered | undefined {
  const path = fileOf(uri, context);
  try {
    const text = readIfThere(path);
    if (text === undefined) return undefined;
    const { seenMs, domains } = shape.parse(JSON.parse(text));
    return { seenMs, domains: domains as unknown as readonly DomainSummary[] };
  } catch (error) {
    // It is only a memory: the next one takes its place.
    context.logger.log('warn', 'what was seen of a server can not be read', { path, error });
    return undefined;
  }
}

export class RememberingHost {
  readonly #path: string;
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #now: () => Remembered | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param now what is to be remembered at this moment. */
  constructor(uri: string, context: EngineContext, now: () => Remembered | undefined) {
    this.#path = fileOf(uri, context);
    this.#folder = folderOf(context);
    this.#logger = context.logger;
    this.#now = now;
  }

  /** Something changed. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.write().catch(() => undefined);
    }, settleMs).unref();
  }

  async write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.#now();
    if (now === undefined) return;
    try {
      await privateFolder(this.#folder);
      await writeWhole(this.#path, JSON.stringify(now), { mode: 0o600 });
    } catch (error) {
      this.#logger.log('warn', 'what was seen of a server could not be kept', { path: this.#path, error });
    }
  }
}
