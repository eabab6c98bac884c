/** What the ledger holds, for those who only look: nothing is checked against this version's actions, nothing removed. */
import { existsSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { HostChange } from '../../src-shared/model/network-view.ts';
import { readIfThere } from './files.ts';

interface RecordedFile {
  readonly boot?: unknown;
  readonly owner?: unknown;
  readonly timeMs?: unknown;
  readonly steps?: unknown;
}

interface RecordedStep {
  readonly sentence?: unknown;
  readonly inverse?: { readonly sentence?: unknown };
}

/** Of this boot of the kernel, newest first; a file that is no record is the ledger's to complain about. */
export function readRecordedChanges(
  folder: string,
  bootId = readIfThere('/proc/sys/kernel/random/boot_id')?.trim(),
): readonly HostChange[] {
  if (!existsSync(folder)) return [];
  const user = userInfo().username;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name): HostChange[] => {
      const { boot, owner, timeMs, steps } = parse(readIfThere(join(folder, name)));
      if (boot !== bootId || typeof owner !== 'string' || typeof timeMs !== 'number' || !Array.isArray(steps))
        return [];
      return [{ owner, timeMs, user, steps: (steps as readonly RecordedStep[]).flatMap(stepOf) }];
    })
    .sort((a, b) => b.timeMs - a.timeMs);
}

function parse(text: string | undefined): RecordedFile {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // Torn or foreign: the ledger reports it by name when the engine starts.
  }
}

function stepOf({ sentence, inverse }: RecordedStep): HostChange['steps'] {
  if (typeof sentence !== 'string') return [];
  const undo = inverse?.sentence;
  return [{ sentence, ...(typeof undo === 'string' ? { undo } : {}) }];
}
