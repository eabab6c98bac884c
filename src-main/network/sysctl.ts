/** The kernel's switches below /proc/sys; keys are paths there, since devices' names may have dots. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = '/proc/sys';

/** Undefined when the kernel has no such switch: IPv6 is off, or the device is gone. */
export function readSysctl(key: string): string | undefined {
  try {
    return readFileSync(join(root, key), 'utf8').trim();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** A switch that is gone has nothing to be set; one that has the value is not written: writing ip_forward resets others. */
export function writeSysctl(key: string, value: string): void {
  const former = readSysctl(key);
  if (former === undefined || former === value) return;
  writeFileSync(join(root, key), value);
}

/** The names below a key: the devices of `net/ipv4/conf`. */
export function listSysctl(key: string): readonly string[] {
  try {
    return readdirSync(join(root, key)).sort();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}
