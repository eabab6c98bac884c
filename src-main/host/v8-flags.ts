/**
 * Flags of V8 that are set while the process runs. Compiled code is kept and taken up under the flags that every process
 * starts with: V8 refuses what was kept under others, and would compile all of it again at each start.
 */
import { setFlagsFromString } from 'node:v8';

export interface V8Flag {
  readonly set: string;
  /** What it is without; only flags that imply no others come back to it. */
  readonly unset: string;
}

const lasting: V8Flag[] = [];

/** From now on. */
export function setFlag(flag: V8Flag): void {
  setFlagsFromString(flag.set);
  lasting.push(flag);
}

export function withFlag<T>(flag: V8Flag, work: () => T): T {
  setFlagsFromString(flag.set);
  try {
    return work();
  } finally {
    setFlagsFromString(flag.unset);
  }
}

/** As if none had been set. */
export function withoutFlags<T>(work: () => T): T {
  for (const { unset } of lasting) setFlagsFromString(unset);
  try {
    return work();
  } finally {
    for (const { set } of lasting) setFlagsFromString(set);
  }
}
