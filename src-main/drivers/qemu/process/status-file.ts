/**
 * What must be known of a running guest by an engine that did not start it: one file a guest, `runtime/qemu/NAME.json`.
 *
 * It is written before QEMU is started, once more when its process is known, and at every change of state. Nothing is
 * flushed to the disk: a guest does not survive what the file would not survive either.
 */
import { readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { domainStateReasons, type StateAndReason } from '../../../../src-shared/model/summary.ts';
import { readIfThere, temporaryFilePattern } from '../../../host/files.ts';

const version = 1;

const stateSchema = z
  .object({ state: z.enum(Object.keys(domainStateReasons) as [keyof typeof domainStateReasons]), reason: z.string() })
  .refine(({ state, reason }) => (domainStateReasons[state] as readonly string[]).includes(reason))
  .transform((value) => value as StateAndReason);

const processSchema = z.object({ pid: z.number().int().positive(), startTime: z.number().nonnegative() });

const statusSchema = z.object({
  version: z.literal(version),
  uuid: z.uuid(),
  name: z.string(),
  id: z.number().int().positive(),
  /** `starting` until the guest's processors may run. */
  phase: z.enum(['starting', 'running']),
  /** Absent before QEMU was started. */
  process: processSchema.optional(),
  /** Programs beside QEMU that end with it. */
  helpers: z.array(processSchema),
  state: stateSchema,
  persistent: z.boolean(),
  /** Runs other XML than the stored definition. */
  once: z.boolean(),
  rebooting: z.boolean(),
  autodestroy: z.boolean(),
  startedMs: z.number(),
  emulator: z.string(),
  accelerator: z.enum(['kvm', 'tcg']),
  note: z.string().optional(),
  /** The live definition, with secrets. */
  xml: z.string(),
  /** What it was started from, with every live change since. */
  definition: z.string(),
});

export type Status = z.infer<typeof statusSchema>;
export type StatusData = Omit<Status, 'version'>;

/** A status file that could not be used, and why. */
export interface StatusProblem {
  readonly path: string;
  readonly cause: string;
}

export class StatusFolder {
  readonly #folder: string;
  #serial = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  write(status: StatusData): void {
    const path = this.#path(status.name);
    const temporary = `${path}.${process.pid}-${(this.#serial += 1)}.new`;
    writeFileSync(temporary, JSON.stringify({ version, ...status }), { mode: 0o600 });
    renameSync(temporary, path);
  }

  remove(name: string): void {
    try {
      unlinkSync(this.#path(name));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
  }

  /** The guests that ran when the last engine ended. A file that is torn or not ours is named and left alone. */
  read(): { readonly statuses: readonly Status[]; readonly problems: readonly StatusProblem[] } {
    const statuses: Status[] = [];
    const problems: StatusProblem[] = [];
    for (const file of readdirSync(this.#folder)) {
      const path = join(this.#folder, file);
      if (temporaryFilePattern.test(file)) unlinkSync(path);
      if (!file.endsWith('.json')) continue;
      try {
        statuses.push(statusSchema.parse(JSON.parse(readIfThere(path) ?? '')));
      } catch (thrown) {
        problems.push({ path, cause: thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown) });
      }
    }
    return { statuses, problems };
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}
