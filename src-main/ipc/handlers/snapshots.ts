/** Snapshots: each call is the driver's method of the same name, or libvirt's "not supported". */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { need } from '../../engine/driver.ts';
import type { SnapshotApi } from '../../engine/snapshot-api.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';
import { given } from './given.ts';

export function snapshotHandlers({ engine }: Services): HandlerSet {
  const snapshotsOf = async (uri: string): Promise<SnapshotApi> => {
    const { snapshots } = await engine.open(uri);
    if (snapshots !== undefined) return snapshots;
    throw new VirError({
      code: 'no-support',
      domain: 'domain-snapshot',
      message: say`this function is not supported by the connection driver: snapshots`,
    });
  };

  return {
    'snapshots.list': async ({ uri, uuid, sizes }) => await (await snapshotsOf(uri)).list(uuid, given({ sizes })),
    'snapshots.xml': async ({ uri, uuid, name, secure }) =>
      await (await snapshotsOf(uri)).xml(uuid, name, given({ secure })),
    'snapshots.create': async ({ uri, uuid, xml, ...options }) =>
      need(await snapshotsOf(uri), 'create')(uuid, xml, given(options)).info.id,
    'snapshots.revert': async ({ uri, uuid, name, ...options }) =>
      need(await snapshotsOf(uri), 'revert')(uuid, name, given(options)).info.id,
    'snapshots.delete': async ({ uri, uuid, name, ...options }) =>
      need(await snapshotsOf(uri), 'delete')(uuid, name, given(options)).info.id,
    'snapshots.set-current': async ({ uri, uuid, name }) => {
      await need(await snapshotsOf(uri), 'setCurrent')(uuid, name);
    },
  };
}
