import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './corpus.ts';

/** What scripts/guest/README.md describes: a Linux that boots in seconds and says `GUEST-READY` on its console. */
export interface SmallGuest {
  readonly kernel: string;
  readonly initrd: string;
  readonly iso: string;
  readonly qcow2: string;
}

/** @throws Error that names the command which builds the guest when it is not in the cache. */
export function smallGuest(): SmallGuest {
  const folder = join(cacheDir(), 'guest');
  const guest = {
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd.gz'),
    iso: join(folder, 'small.iso'),
    qcow2: join(folder, 'small.qcow2'),
  };
  if (Object.values(guest).every((file) => existsSync(file))) return guest;
  throw new Error(`The small guest is not in ${folder}. Build it with: node scripts/guest/build.mjs`);
}
