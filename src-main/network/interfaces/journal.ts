/**
 * The change of the host's interfaces that stands, in one file: whoever comes after a crash, or after the next boot, finds
 * what takes it back, and until when it was to be kept.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PendingChange } from '../../../src-shared/model/interface-summary.ts';
import { readIfThere, removeIfThere, syncFolder, writeWhole } from '../../host/files.ts';
import { type InterfaceAction, checkInterfaceAction } from './actions.ts';
import type { InterfaceStep } from './plan-live.ts';

export interface JournalEntry extends PendingChange {
  /** Being made; made; being kept. What was being made when everything stopped is taken back. */
  readonly state: 'applying' | 'standing' | 'keeping';
  /** The kernel's running since; what ends with it needs no undoing after it. */
  readonly boot: string;
  readonly steps: readonly InterfaceStep[];
  readonly keep: readonly InterfaceStep[];
}

const version = 1;
const fileName = 'interfaces.json';

export class Journal {
  readonly #folder: string;
  readonly boot: string;

  constructor(folder: string, boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.boot = boot;
  }

  /** @throws for a file that is none of ours: it is left alone, and nothing is changed as long as it is there. */
  read(): JournalEntry | undefined {
    const text = readIfThere(this.#path);
    if (text === undefined) return undefined;
    const file = JSON.parse(text) as Partial<JournalEntry> & { readonly version?: number };
    const { kind, state, boot, startedMs, steps, keep, bridge, device, deadlineMs } = file;
    const isWhole = kind !== undefined && state !== undefined && boot !== undefined && startedMs !== undefined;
    if (file.version !== version || !isWhole || !Array.isArray(steps) || !Array.isArray(keep)) {
      throw new TypeError(`'${this.#path}' is not a record of this version.`);
    }
    return {
      ...{ kind, state, boot, startedMs, steps: steps.map(checkStep), keep: keep.map(checkStep) },
      ...(bridge === undefined ? {} : { bridge }),
      ...(device === undefined ? {} : { device }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    };
  }

  /** Resolves when the record would survive a power cut. */
  async write(entry: JournalEntry): Promise<void> {
    await writeWhole(this.#path, `${JSON.stringify({ version, ...entry }, undefined, 1)}\n`);
  }

  async clear(): Promise<void> {
    if (removeIfThere(this.#path)) await syncFolder(this.#folder);
  }

  get #path(): string {
    return join(this.#folder, fileName);
  }
}

function checkStep(step: InterfaceStep): InterfaceStep {
  const { action, inverse, ...rest } = step;
  const undo = inverse === undefined ? {} : { inverse: { ...inverse, action: checkInterfaceAction(inverse.action) } };
  return { ...rest, action: checkInterfaceAction(action), ...undo };
}

/** Whether what an action did is still there after the kernel has started anew. */
export const outlivesBoot = ({ verb, ...action }: InterfaceAction): boolean =>
  (verb === 'file-write' && 'path' in action && !action.path.startsWith('/run/')) ||
  ((verb === 'nm-add' || verb === 'nm-update') && 'isLasting' in action && action.isLasting) ||
  verb === 'nm-delete' ||
  verb === 'nm-save';
