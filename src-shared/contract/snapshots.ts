/** Snapshots of machines. What takes long answers with its job's id. */
import * as z from 'zod';
import type { SnapshotSummary } from '../model/snapshot-summary.ts';
import { domain, xml } from './arguments.ts';
import { call } from './call.ts';

const flag = z.boolean().optional();
const snapshot = z.object({ ...domain.shape, name: z.string().min(1).max(255) });

export const snapshotCalls = {
  'snapshots.list': call(z.object({ ...domain.shape, sizes: flag })).returns<readonly SnapshotSummary[]>(),
  'snapshots.xml': call(z.object({ ...snapshot.shape, secure: flag })).returns<string>(),
  'snapshots.create': call(
    z.object({
      ...domain.shape,
      xml,
      diskOnly: flag,
      noMetadata: flag,
      halt: flag,
      atomic: flag,
      reuseExternal: flag,
      quiesce: flag,
      live: flag,
      redefine: flag,
      current: flag,
      validate: flag,
    }),
  ).returns<string>(),
  'snapshots.revert': call(
    z.object({ ...snapshot.shape, running: flag, paused: flag, force: flag, resetNvram: flag }),
  ).returns<string>(),
  'snapshots.delete': call(
    z.object({ ...snapshot.shape, children: flag, childrenOnly: flag, metadataOnly: flag }),
  ).returns<string>(),
  'snapshots.set-current': call(snapshot).returns<void>(),
};
