import type { Interface } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { unsupported } from '../errors.ts';
import type { Pass } from '../types.ts';

export const validateNetworkCards: Pass = ({ devices }) => {
  for (const card of devices.interface) validateNetworkCard(card);
};

const isVirtio = (card: Interface): boolean => card.model?.type.startsWith('virtio') === true;
const isPowerOfTwo = (value: number): boolean => (value & (value - 1)) === 0;

/** The checks of one card. */
function validateNetworkCard(card: Interface): void {
  const named = `<interface> ${card.mac?.address ?? ''} of type '${card.type}'`;
  if (card.type !== 'user') {
    if (card.backend?.type === 'passt') throw unsupported(say`${named}: passt is for type='user'.`);
    if (card.portForward.length > 0) throw unsupported(say`${named}: <portForward> is for type='user'.`);
  }
  for (const { range } of card.portForward) {
    if (range.some((item) => item.start === undefined && (item.end ?? item.to ?? item.exclude) !== undefined)) {
      throw unsupported(say`${named}: a <range> of <portForward> needs a start.`);
    }
  }
  if (card.type === 'hostdev') return;
  if (card.type === 'vhostuser' && !isVirtio(card)) throw unsupported(say`${named} needs <model type='virtio'/>.`);
  if (card.type === 'vdpa' && !isVirtio(card)) throw unsupported(say`${named} needs <model type='virtio'/>.`);
  for (const size of [card.driver?.rx_queue_size, card.driver?.tx_queue_size]) {
    if (size !== undefined && !isPowerOfTwo(size))
      throw unsupported(say`${named}: the length of a queue is a power of two.`);
  }
  const { teaming } = card;
  if (teaming?.type === 'persistent' && !isVirtio(card)) {
    throw unsupported(say`${named}: persistent <teaming> needs <model type='virtio'/>.`);
  }
  if (teaming?.type === 'transient' && card.type !== 'network') {
    throw unsupported(say`${named}: transient <teaming> is for type='hostdev'.`);
  }
  checkUserAddresses(card, named);
}

function checkUserAddresses(card: Interface, named: string): void {
  if (card.type !== 'user') return;
  for (const family of ['ipv4', 'ipv6'] as const) {
    const ips = card.ip.filter((ip) => (ip.family ?? 'ipv4') === family);
    if (ips.length > 1) throw unsupported(say`${named} has at most one ${family} address.`);
    const [ip] = ips;
    if (ip === undefined || card.backend?.type === 'passt') continue;
    if (ip.peer !== undefined) throw unsupported(say`${named}: <ip peer> is not supported.`);
    const { prefix } = ip;
    if (prefix === undefined || prefix === 0) continue;
    if (family === 'ipv4' && (prefix < 4 || prefix > 27))
      throw unsupported(say`${named}: the prefix is between 4 and 27.`);
    if (family === 'ipv6' && prefix > 120) throw unsupported(say`${named}: the prefix is at most 120.`);
  }
  if (card.route.length > 0) throw unsupported(say`${named}: a <route> can't be set from outside the guest.`);
}
