import { readFile, rm } from 'node:fs/promises';
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import { pngFromPpm } from '../../png.ts';
import type { GuestContext } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { QmpError } from '../qmp/error.ts';

let serial = 0;

/**
 * The guest's screen as a PNG.
 * @throws VirError `operation-unsupported` for a guest without a screen, `invalid-arg` for one without that screen.
 */
export async function screenshot(context: GuestContext, uuid: string, screen = 0): Promise<Uint8Array> {
  const record = context.table.get(uuid);
  const instance = context.table.requireActive(record);
  const videos = (record.live?.devices?.video ?? []).filter(
    ({ model }) => model !== undefined && model.type !== 'none',
  );
  if (videos.length === 0) {
    throw new VirError({
      code: 'operation-unsupported',
      domain: 'qemu',
      message: say`The domain '${record.name}' has no screen.`,
      fix: say`Add a video device to it.`,
    });
  }
  const heads = videos.flatMap(({ alias, model }) =>
    Array.from(
      { length: model !== undefined && 'heads' in model && typeof model.heads === 'number' ? model.heads : 1 },
      (_, head) => ({
        device: alias?.name,
        head,
      }),
    ),
  );
  const head = heads[screen];
  if (head === undefined) {
    throw new VirError({
      code: 'invalid-arg',
      domain: 'qemu',
      message: say`The domain '${record.name}' has ${heads.length} screens; ${screen} is not one of them.`,
    });
  }
  const capabilities = await context.registry.get(instance.facts.emulator);
  const isPng = capabilities.schemaHas('screendump/arg-type/format/^png');
  const path = instance.facts.paths.file(`screen-${(serial += 1)}`);
  try {
    await monitorOf(record).execute('screendump', {
      filename: path,
      ...(head.device === undefined ? {} : { device: head.device, head: head.head }),
      ...(isPng ? { format: 'png' } : {}),
    });
    const bytes = await readFile(path);
    return isPng ? bytes : pngFromPpm(bytes);
  } catch (thrown) {
    if (!(thrown instanceof QmpError)) throw thrown;
    throw new VirError(
      {
        code: 'operation-failed',
        domain: 'qemu',
        message: say`The screen of domain '${record.name}' can't be captured.`,
        cause: thrown.description,
      },
      { cause: thrown },
    );
  } finally {
    await rm(path, { force: true });
  }
}
