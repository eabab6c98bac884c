/** Listening on a guest's cards: QEMU's own `filter-dump`, put on the host's side of a card while the guest runs. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Interface } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { CaptureSource } from '../../../network/capture/captures.ts';
import { netdevAlias } from '../devices/network-card.ts';
import type { GuestContext } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { MonitorClosedError, QmpError } from '../qmp/error.ts';
import { objects, text } from '../qmp/reply.ts';

const prefix = 'capture-';

export function captureSource(context: GuestContext): CaptureSource {
  const { table } = context;
  return {
    cable(uuid, card) {
      const record = table.get(uuid);
      table.requireActive(record);
      const found = findCard(record.live?.devices?.interface ?? [], card);
      if (found?.alias === undefined) throw noCard(record.name, card);
      return { uuid: record.uuid, domain: record.name, alias: found.alias.name, mac: found.mac?.address ?? '' };
    },

    async begin({ uuid, alias }, id, path, snapLength) {
      const record = table.get(uuid);
      const card = findCard(record.live?.devices?.interface ?? [], alias);
      if (card === undefined) throw noCard(record.name, alias);
      try {
        await monitorOf(record).execute('object-add', {
          'qom-type': 'filter-dump',
          id: `${prefix}${id}`,
          netdev: netdevAlias(card),
          file: path,
          maxlen: snapLength,
        });
      } catch (thrown) {
        if (thrown instanceof QmpError && /vhost/i.test(thrown.description)) throw servedByKernel(thrown);
        throw thrown;
      }
    },

    async end(uuid, id) {
      const record = table.records().find((each) => each.uuid === uuid);
      const monitor = record?.runtime?.monitor;
      if (monitor?.isOpen !== true) return;
      try {
        await monitor.execute('object-del', { id: `${prefix}${id}` });
      } catch (thrown) {
        // It went with its card, or with its machine.
        const isGone = thrown instanceof QmpError && /not found/i.test(thrown.description);
        if (!isGone && !(thrown instanceof MonitorClosedError)) throw thrown;
      }
    },

    async going(uuid) {
      const record = table.records().find((each) => each.uuid === uuid);
      const monitor = record?.runtime?.monitor;
      if (monitor?.isOpen !== true) return new Set();
      const list = objects(await monitor.execute('qom-list', { path: '/objects' }), 'qom-list');
      const names = list.map((item) => text(item, 'name')).filter((name) => name.startsWith(prefix));
      return new Set(names.map((name) => name.slice(prefix.length)));
    },
  };
}

function findCard(cards: readonly Interface[], wanted: string | undefined): Interface | undefined {
  if (wanted === undefined) return cards[0];
  const named = cards.find(
    ({ alias, mac, target }) =>
      alias?.name === wanted || mac?.address?.toLowerCase() === wanted.toLowerCase() || target?.dev === wanted,
  );
  return named ?? (/^\d{1,3}$/.test(wanted) ? cards[Number(wanted)] : undefined);
}

const noCard = (name: string, card: string | undefined): VirError =>
  new VirError({
    code: 'invalid-arg',
    domain: 'qemu',
    message:
      card === undefined
        ? say`The domain '${name}' has no network card.`
        : say`The domain '${name}' has no network card '${card}'.`,
    fix: say`Name a card by its MAC address, its alias, or its number from 0.`,
  });

const servedByKernel = (cause: QmpError): VirError =>
  new VirError(
    {
      code: 'operation-unsupported',
      domain: 'qemu',
      message: say`This card's packets don't pass through QEMU: the kernel carries them (vhost).`,
      cause: cause.description,
      fix: say`Capture on its tap device, or give the card <driver name='qemu'/> and restart the machine.`,
    },
    { cause },
  );
