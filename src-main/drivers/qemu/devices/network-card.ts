import type { Interface } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import { addressProperties } from './address.ts';
import { aliasOf, type DeviceContext, type DeviceProperties, type JsonProperties, positive } from './properties.ts';
import { virtioProperties } from './virtio.ts';

export const netdevAlias = (card: Interface): string => `host${aliasOf(card)}`;

/** The guest's side of a network card. */
export function networkCardProperties(card: Interface, context: DeviceContext): DeviceProperties {
  const model = card.model?.type;
  if (model === undefined) throw unsupported(say`The network card ${card.mac?.address} has no model.`);
  return {
    ...(model === 'virtio' || model.startsWith('virtio-') ? virtioCard(card, model, context) : { driver: model }),
    netdev: netdevAlias(card),
    id: aliasOf(card),
    mac: card.mac?.address,
    bootindex: positive(context.bootIndex(card)),
    ...addressProperties(context.domain, card),
    ...romProperties(card),
  };
}

function virtioCard(card: Interface, model: string, { capabilities }: DeviceContext): DeviceProperties {
  const { driver } = card;
  const queues = driver?.queues ?? 0;
  return {
    ...virtioProperties('virtio-net', card, model, capabilities),
    tx: driver?.txmode === undefined ? undefined : driver.txmode === 'iothread' ? 'bh' : 'timer',
    ioeventfd: driver?.ioeventfd,
    event_idx: driver?.event_idx,
    csum: driver?.host?.csum,
    gso: driver?.host?.gso,
    host_tso4: driver?.host?.tso4,
    host_tso6: driver?.host?.tso6,
    host_ecn: driver?.host?.ecn,
    host_ufo: driver?.host?.ufo,
    mrg_rxbuf: driver?.host?.mrg_rxbuf,
    guest_csum: driver?.guest?.csum,
    guest_tso4: driver?.guest?.tso4,
    guest_tso6: driver?.guest?.tso6,
    guest_ecn: driver?.guest?.ecn,
    guest_ufo: driver?.guest?.ufo,
    mq: queues > 1 ? true : undefined,
    // Two for each queue and one each for configuration and control.
    vectors: queues > 1 ? 2 * queues + 2 : undefined,
    rx_queue_size: positive(driver?.rx_queue_size),
    tx_queue_size: positive(driver?.tx_queue_size),
    rss: driver?.rss,
    hash: driver?.rss_hash_report,
    host_mtu: positive(card.mtu?.size),
    failover: card.teaming?.type === 'persistent' ? true : undefined,
  };
}

/** Whether firmware sees the device's option ROM, or another file's. */
export function romProperties({ rom, address }: Pick<Interface, 'rom' | 'address'>): JsonProperties {
  if (rom === undefined) return {};
  if (address?.type !== 'pci') throw unsupported(say`<rom> is only supported for PCI devices.`);
  if (rom.enabled === false) return { romfile: '' };
  return { rombar: rom.bar === undefined ? undefined : Number(rom.bar), romfile: rom.file };
}
