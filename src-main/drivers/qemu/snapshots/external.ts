/**
 * Snapshots in files of their own: each disk gets a new image over the one it had, which is written to no more.
 *
 * The definition is changed before QEMU moves over: a crash between leaves a definition whose new image is still empty,
 * which is the same disk. The other way round the next start would miss what was written since.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { BackingStore, Disk, Domain } from '../../../../src-shared/model/domain/index.ts';
import { diskSourcePath, snapshotDiskPath } from '../../../engine/snapshots/request.ts';
import type { KeptSnapshot } from '../../../engine/snapshots/snapshot-set.ts';
import { inspectImage } from '../../../storage/image-header.ts';
import { forgetNumbers, NodeNumbers } from '../devices/block-names.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { highestNode } from '../hotplug/media.ts';
import { blockSteps } from '../hotplug/plug-steps.ts';
import { runSteps, undoSteps } from '../hotplug/run-steps.ts';
import { recordStatus } from '../lifecycle/record-status.ts';
import { blockHost } from '../process/prepare-run.ts';
import { isObject } from '../qmp/message.ts';
import { objects, optionalText } from '../qmp/reply.ts';
import { createOverlay } from './images.ts';

interface Overlay {
  readonly dev: string;
  readonly path: string;
}

const overlaysOf = ({ disks }: KeptSnapshot): readonly Overlay[] =>
  (disks?.disk ?? []).flatMap((entry) => {
    const path = snapshotDiskPath(entry);
    return entry.snapshot === 'external' && path !== undefined ? [{ dev: entry.name, path }] : [];
  });

/** The definition with the new images on top of those it had. */
function moved(domain: Domain, overlays: readonly Overlay[], numberOf?: (overlay: Overlay) => number): Domain {
  if (domain.devices === undefined) return domain;
  const disk = domain.devices.disk.map((item): Disk => {
    const overlay = overlays.find(({ dev }) => dev === item.target.dev);
    return overlay === undefined ? item : onTop(item, overlay.path, numberOf?.(overlay));
  });
  return { ...domain, devices: { ...domain.devices, disk } };
}

function onTop(disk: Disk, path: string, index: number | undefined): Disk {
  const { source, backingStore, driver } = disk;
  const below = {
    type: disk.type,
    ...(source?.index === undefined ? {} : { index: source.index }),
    format: { type: driver?.type ?? 'raw' },
    source: { ...source, host: [], seclabel: [] },
    ...(backingStore === undefined ? {} : { backingStore }),
  } as unknown as BackingStore;
  const top = { file: path, seclabel: [], ...(index === undefined ? {} : { index }) };
  return {
    ...disk,
    type: 'file',
    driver: { ...driver, type: 'qcow2' },
    source: top,
    backingStore: below,
  } as unknown as Disk;
}

/** Images are made for those that are not there already; what was made is removed when something fails. */
async function withOverlays(
  domain: Domain,
  overlays: readonly Overlay[],
  capacityOf: (disk: Disk) => number | Promise<number>,
  work: () => Promise<void>,
): Promise<void> {
  const made: string[] = [];
  try {
    for (const { dev, path } of overlays) {
      const disk = domain.devices?.disk.find(({ target }) => target.dev === dev);
      const below = disk === undefined ? undefined : diskSourcePath(disk);
      if (disk === undefined || below === undefined || existsSync(path)) continue;
      made.push(path);
      await createOverlay(path, {
        path: below,
        format: disk.driver?.type ?? 'raw',
        capacityBytes: await capacityOf(disk),
      });
    }
    await work();
  } catch (thrown) {
    for (const path of made) await rm(path, { force: true });
    throw thrown;
  }
}

export async function takeOffExternally(
  context: GuestContext,
  record: GuestRecord,
  snapshot: KeptSnapshot,
): Promise<void> {
  const overlays = overlaysOf(snapshot);
  const capacityOf = async (disk: Disk): Promise<number> => {
    const { header, stats } = await inspectImage(diskSourcePath(disk) ?? '');
    return (disk.driver?.type ?? 'raw') === 'raw' && stats.isFile() ? stats.size : header.virtualSizeBytes;
  };
  await withOverlays(record.current, overlays, capacityOf, async () => {
    await context.table.editConfig(record, (domain) => moved(domain, overlays), { author: 'snapshot' });
  });
}

/** All disks at one moment, or none. */
export async function takeRunningExternally(
  context: GuestContext,
  record: GuestRecord,
  snapshot: KeptSnapshot,
): Promise<void> {
  const { table } = context;
  const instance = table.requireActive(record);
  const { live, config } = record;
  if (live === undefined) throw table.errors.notRunning(record.name);
  const monitor = monitorOf(record);
  const overlays = overlaysOf(snapshot);
  const sizes = new Map<string, number>();
  for (const node of objects(
    await monitor.execute('query-named-block-nodes', { flat: true }),
    'query-named-block-nodes',
  )) {
    const { image } = node;
    const name = optionalText(node, 'node-name');
    const size = isObject(image) ? image['virtual-size'] : undefined;
    if (name !== undefined && typeof size === 'number') sizes.set(name, size);
  }
  const nodeOf = (disk: Disk | undefined): string => `libvirt-${disk?.source?.index ?? 0}-format`;
  const numbers = new NodeNumbers(highestNode(record));
  const numbered = new Map(overlays.map((overlay) => [overlay.dev, numbers.next()]));
  const next = moved(live, overlays, ({ dev }) => numbered.get(dev) ?? 0);
  const pairs = overlays.map(({ dev }) => ({
    node: nodeOf(live.devices?.disk.find(({ target }) => target.dev === dev)),
    disk: next.devices?.disk.find(({ target }) => target.dev === dev),
  }));
  await withOverlays(
    live,
    overlays,
    (disk) => sizes.get(nodeOf(disk)) ?? 0,
    async () => {
      // What is below comes with the move; until then the new image stands alone.
      const steps = pairs.flatMap(({ disk }) =>
        disk === undefined ? [] : blockSteps({ ...disk, backingStore: {} }, blockHost),
      );
      await runSteps(context, monitor, steps, `the new images of the snapshot '${snapshot.name}'`);
      try {
        const change = (domain: Domain): Domain => moved(domain, overlays);
        if (config !== undefined) await table.editConfig(record, change, { author: 'snapshot' });
        const actions = pairs.map(({ node, disk }) => ({
          type: 'blockdev-snapshot',
          data: { node, overlay: nodeOf(disk) },
        }));
        await monitor.execute('transaction', { actions });
      } catch (thrown) {
        if (config !== undefined) await table.editConfig(record, () => config, { author: 'snapshot' });
        await undoSteps(context, monitor, steps);
        throw thrown;
      }
    },
  );
  table.editLive(record, (domain) => (domain === live ? next : withoutNumbers(moved(domain, overlays))));
  recordStatus(context, record, instance);
}

function withoutNumbers(domain: Domain): Domain {
  const copy = structuredClone(domain);
  for (const disk of copy.devices?.disk ?? []) forgetNumbers(disk);
  return copy;
}
