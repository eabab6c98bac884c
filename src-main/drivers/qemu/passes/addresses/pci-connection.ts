/**
 * What a device needs of the place it is plugged into, and what a bus offers: a bit a kind of connection, so that
 * "fits" is an intersection.
 */
import type { Controller, HostPciAddress, Interface } from '../../../../../src-shared/model/domain/index.ts';
import type { QemuCapabilities } from '../../capabilities/types.ts';
import type { DeviceRef } from '../device-list.ts';
import { hasPcieRoot } from '../machine-kind.ts';
import type { CompleteDomain } from '../types.ts';

export const connect = {
  hotplug: 1 << 0,
  /** A place can be chosen there without having been asked for. */
  auto: 1 << 1,
  /** The device shares its slot with others of its kind, one a function. */
  aggregate: 1 << 2,
  /** The device is part of the board: on bus 0 and nowhere else. */
  integrated: 1 << 3,
  pci: 1 << 4,
  pcie: 1 << 5,
  rootPort: 1 << 6,
  upstreamPort: 1 << 7,
  downstreamPort: 1 << 8,
  dmiBridge: 1 << 9,
  pciExpander: 1 << 10,
  pcieExpander: 1 << 11,
  pciBridge: 1 << 12,
  pcieToPciBridge: 1 << 13,
} as const;

export const endpointKinds = connect.pci | connect.pcie;
export const allKinds =
  endpointKinds |
  connect.rootPort |
  connect.upstreamPort |
  connect.downstreamPort |
  connect.dmiBridge |
  connect.pciExpander |
  connect.pcieExpander |
  connect.pciBridge |
  connect.pcieToPciBridge;

export type PciModel = NonNullable<Extract<Controller, { type: 'pci' }>['model']>;

/** How a PCI controller itself is plugged in; the roots are not. */
export const controllerNeeds: Readonly<Record<PciModel, number>> = {
  'pci-root': 0,
  'pcie-root': 0,
  'pci-bridge': connect.pciBridge,
  'pci-expander-bus': connect.pciExpander,
  'pcie-expander-bus': connect.pcieExpander,
  'dmi-to-pci-bridge': connect.dmiBridge,
  'pcie-to-pci-bridge': connect.pcieToPciBridge,
  'pcie-root-port': connect.rootPort | connect.aggregate,
  'pcie-switch-upstream-port': connect.upstreamPort,
  'pcie-switch-downstream-port': connect.downstreamPort,
};

/** Plain PCI, as the machine's Express devices want it, and as its virtio devices do. */
export interface ConnectionKinds {
  readonly pci: number;
  readonly pcie: number;
  readonly virtio: number;
  readonly isPciExpress: (address: HostPciAddress) => boolean;
}

export function connectionKinds(
  domain: CompleteDomain,
  capabilities: QemuCapabilities,
  isPciExpress: (address: HostPciAddress) => boolean,
): ConnectionKinds {
  const pci = connect.pci | connect.auto;
  const pcie = hasPcieRoot(domain) ? connect.pcie | connect.auto : pci;
  // Without transitional variants virtio devices are conventional ones that also speak the old protocol.
  const virtio = capabilities.hasType('virtio-blk-pci-non-transitional') ? pcie : pci;
  return { pci, pcie, virtio, isPciExpress };
}

const byVirtioModel = (model: string | undefined, kinds: ConnectionKinds): number =>
  model === 'virtio-transitional' ? kinds.pci : kinds.virtio;

/** Network cards that libvirt knows to be conventional; any other is given a place of its own. */
const conventionalCards: readonly (string | undefined)[] = [
  ...(['rtl8139', 'e1000', 'netfront', 'spapr-vlan', 'lan9118', 'scm91c111', 'vlance'] as const),
  ...(['vmxnet', 'vmxnet2', 'vmxnet3', 'Am79C970A', 'Am79C973', '82540EM', '82545EM', '82543GC'] as const),
];

/** How a device is connected; 0 for one that is not a PCI device. */
export function connectionOf(ref: DeviceRef, kinds: ConnectionKinds): number {
  switch (ref.kind) {
    case 'controller':
      return controllerConnection(ref.device, kinds);
    case 'filesystem':
      return ref.device.driver?.type === 'virtiofs' ? kinds.virtio : byVirtioModel(ref.device.model, kinds);
    case 'interface': {
      const model = ref.device.model?.type;
      if (ref.device.type === 'hostdev') return cardConnection(ref.device, kinds);
      if (model === 'usb-net') return 0;
      if (model?.startsWith('virtio') === true) return byVirtioModel(model, kinds);
      return conventionalCards.includes(model) ? kinds.pci : kinds.pcie;
    }
    case 'sound':
      return ['es1370', 'ac97', 'ich6', 'ich9'].includes(ref.device.model) ? kinds.pci : 0;
    case 'disk':
      return ref.device.target.bus === 'virtio' ? byVirtioModel(ref.device.model, kinds) : 0;
    case 'hostdev':
      return hostdevConnection(ref, kinds);
    case 'memballoon':
      return ref.device.model === 'none' || ref.device.model === 'xen' ? 0 : byVirtioModel(ref.device.model, kinds);
    case 'rng':
      return byVirtioModel(ref.device.model, kinds);
    case 'watchdog':
      return ref.device.model === 'i6300esb' ? kinds.pci : 0;
    case 'video':
      return videoConnection(ref.device.model?.type, kinds);
    case 'shmem':
      return kinds.pci;
    case 'input':
      return ref.device.bus === 'virtio' ? byVirtioModel(ref.device.model, kinds) : 0;
    case 'serial':
      return ref.device.target?.type === 'pci-serial' ? kinds.pci : 0;
    case 'iommu':
      return ref.device.model === 'virtio' ? kinds.virtio | connect.integrated : 0;
    case 'vsock':
      return byVirtioModel(ref.device.model, kinds);
    case 'memory':
      return ref.device.model === 'virtio-pmem' || ref.device.model === 'virtio-mem' ? kinds.virtio : 0;
    case 'smartcard':
    case 'parallel':
    case 'channel':
    case 'console':
    case 'hub':
    case 'tpm':
    case 'panic':
    case 'redirdev':
      return 0;
  }
}

function controllerConnection(controller: Controller, kinds: ConnectionKinds): number {
  switch (controller.type) {
    case 'pci':
      return controller.model === undefined ? 0 : controllerNeeds[controller.model];
    case 'usb':
      if (controller.model === 'none') return 0;
      return controller.model?.endsWith('xhci') === true ? kinds.pcie : kinds.pci;
    case 'scsi':
      if (controller.model === undefined || controller.model === 'ncr53c90') return 0;
      return controller.model.startsWith('virtio') ? byVirtioModel(controller.model, kinds) : kinds.pci;
    case 'virtio-serial':
      return byVirtioModel(controller.model, kinds);
    case 'sata':
    case 'ide':
      return kinds.pci;
    default:
      return 0;
  }
}

function hostdevConnection({ device }: Extract<DeviceRef, { kind: 'hostdev' }>, kinds: ConnectionKinds): number {
  switch (device.type) {
    case 'mdev':
      return device.model === 'vfio-pci' ? kinds.pcie : 0;
    case 'scsi_host':
      return byVirtioModel(device.model, kinds);
    case 'pci':
      if (device.address !== undefined || kinds.pci === kinds.pcie) return kinds.pcie;
      return kinds.isPciExpress(device.source.address) ? kinds.pcie : kinds.pci;
    default:
      return 0;
  }
}

/** A card of the host, told by its address there. */
function cardConnection({ source, address }: Extract<Interface, { type: 'hostdev' }>, kinds: ConnectionKinds): number {
  if (source.address?.type !== 'pci') return 0;
  if (address !== undefined || kinds.pci === kinds.pcie) return kinds.pcie;
  return kinds.isPciExpress(source.address) ? kinds.pcie : kinds.pci;
}

function videoConnection(type: string | undefined, kinds: ConnectionKinds): number {
  if (type === 'virtio') return kinds.virtio;
  if (type === 'bochs') return kinds.pcie;
  return type === undefined || ['none', 'ramfb', 'gop', 'default'].includes(type) ? 0 : kinds.pci;
}
