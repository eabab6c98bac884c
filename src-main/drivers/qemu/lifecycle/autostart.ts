/** Starting what is to start by itself: once per boot of the host, however often the engine starts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../../../host/files.ts';
import type { GuestContext } from '../guests/context.ts';

/** So many at once: a host that just booted has other things to do too. */
const atOnce = 2;

/**
 * Starts the domains marked for it, unless that was done since the host booted. One that can't be started does not keep
 * others from it; it is told in the log.
 */
export async function autostart(context: GuestContext, start: (uuid: string) => Promise<unknown>): Promise<void> {
  const marker = join(context.folders.status, 'autostarted');
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  if (readIfThere(marker) === boot) return;
  // Marked first: what brings the engine down must not be started again and again.
  writeFileSync(marker, boot, { mode: 0o600 });
  const waiting = context.table.records().filter((record) => record.autostart && !record.isActive);
  const workers = Array.from({ length: atOnce }, async () => {
    for (let record = waiting.shift(); record !== undefined; record = waiting.shift()) {
      try {
        await start(record.uuid);
      } catch (thrown) {
        context.logger.log('error', 'a machine could not be started automatically', {
          name: record.name,
          error: thrown,
        });
      }
    }
  });
  await Promise.all(workers);
}
