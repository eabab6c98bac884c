import type { Interface } from '../../../../../src-shared/model/domain/index.ts';
import type { QemuCapabilities } from '../../capabilities/types.ts';
import type { DefinitionEnvironment, Pass } from '../types.ts';

/** Cards get an address of their own and, unless it comes from the host, a model. */
export const completeNetworkCards: Pass = ({ devices }, { capabilities, environment }) => {
  for (const card of devices.interface) completeNetworkCard(card, capabilities, environment);
};

/** The same for one card. */
function completeNetworkCard(
  card: Interface,
  capabilities: QemuCapabilities,
  environment: Pick<DefinitionEnvironment, 'randomBytes'>,
): void {
  completeDriver(card);
  card.mac ??= {};
  card.mac.address ??= makeMacAddress(environment.randomBytes(3));
  if (card.type === 'hostdev' || card.model?.type !== undefined) return;
  card.model = { type: card.type === 'vdpa' ? 'virtio' : defaultModel(capabilities) };
}

/** libvirt takes these names however they are written. */
const modelNames: readonly string[] = [
  'virtio',
  'virtio-transitional',
  'virtio-non-transitional',
  'rtl8139',
  'e1000',
  'e1000e',
];

/** What only virtio cards have is dropped from others, and what says nothing from all. */
function completeDriver(card: Interface): void {
  const model = card.model?.type.toLowerCase();
  if (card.model !== undefined && model !== undefined && modelNames.includes(model)) card.model.type = model;
  if (card.coalesce !== undefined && (card.coalesce.rx?.frames?.max ?? 0) === 0) delete card.coalesce;
  if (card.type === 'hostdev') return;
  if (model?.startsWith('virtio') !== true) {
    delete card.driver;
    delete card.backend?.vhost;
  } else if (card.driver !== undefined && (card.driver.queues ?? 2) <= 1) delete card.driver.queues;
}

/** An address from the range that QEMU's and libvirt's cards have. */
const makeMacAddress = (bytes: Uint8Array): string =>
  ['52', '54', '00', ...[...bytes].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');

/** The card most guests have a driver for. */
function defaultModel(capabilities: QemuCapabilities): string {
  if (capabilities.hasType('rtl8139')) return 'rtl8139';
  if (capabilities.hasType('e1000')) return 'e1000';
  return capabilities.hasType('virtio-net-pci') ? 'virtio' : 'rtl8139';
}
