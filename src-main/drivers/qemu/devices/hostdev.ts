import type { Hostdev, Interface } from '../../../../src-shared/model/domain/index.ts';
import type { AnySource } from '../../../../src-shared/model/domain/storage-source.ts';
import { say } from '../../../../src-shared/words.ts';
import type { CompleteDomain } from '../passes/types.ts';
import { unsupported } from '../passes/errors.ts';
import { addressProperties, driveProperties } from './address.ts';
import { storageBackend } from './block-storage.ts';
import { authReference, secretObject } from './secrets.ts';
import type { BlockHost } from './block-host.ts';
import type { BlockStep } from './block.ts';
import { romProperties } from './network-card.ts';
import { aliasOf, type DeviceContext, type DeviceProperties, onOffWord, positive } from './properties.ts';
import { virtioProperties } from './virtio.ts';

type Of<T extends Hostdev['type']> = Extract<Hostdev, { type: T }>;

/** A device of the host given to the guest; `undefined` for one that is set aside without being plugged in. */
export function hostdevProperties(
  hostdev: Hostdev,
  context: DeviceContext,
  vhostDescriptor?: (hostdev: Hostdev) => string,
): DeviceProperties | undefined {
  const { domain, capabilities } = context;
  switch (hostdev.type) {
    case 'pci':
      return hostdev.address?.type === 'unassigned' ? undefined : pciProperties(hostdev, context);
    case 'usb':
      return usbProperties(hostdev, context);
    case 'mdev':
      return {
        driver: hostdev.model === 'vfio-pci' && hostdev.ramfb === true ? 'vfio-pci-nohotplug' : hostdev.model,
        id: aliasOf(hostdev),
        sysfsdev: `/sys/bus/mdev/devices/${hostdev.source.address.uuid}`,
        display: onOffWord(hostdev.display),
        ramfb: hostdev.ramfb === true ? true : undefined,
        bootindex: positive(hostdev.boot?.order),
        ...addressProperties(domain, hostdev),
      };
    case 'scsi':
      if (hostdev.address?.type !== 'drive')
        throw unsupported(say`A SCSI device of the host needs the address of a drive.`);
      return {
        driver: 'scsi-generic',
        drive: scsiNode(hostdev, domain),
        id: aliasOf(hostdev),
        bootindex: positive(hostdev.boot?.order),
        ...driveProperties(domain, hostdev.address, 'scsi'),
      };
    case 'scsi_host':
      return {
        ...virtioProperties('vhost-scsi', hostdev, hostdev.model, capabilities),
        wwpn: hostdev.source.wwpn,
        vhostfd: vhostDescriptor?.(hostdev),
        id: aliasOf(hostdev),
        ...addressProperties(domain, hostdev),
      };
    case 'storage':
    case 'misc':
    case 'net':
      throw unsupported(say`<hostdev mode='capabilities'> of type '${hostdev.type}' is for containers.`);
  }
}

function pciProperties(hostdev: Of<'pci'>, context: DeviceContext): DeviceProperties {
  if (hostdev.driver?.name !== undefined && hostdev.driver.name !== 'vfio') {
    throw unsupported(say`Devices of the host are given to guests by VFIO, not by '${hostdev.driver.name}'.`);
  }
  const { domain = 0, bus = 0, slot = 0, function: fn = 0 } = hostdev.source.address;
  const hexadecimal = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const { teaming } = hostdev;
  return {
    driver: 'vfio-pci',
    host: `${hexadecimal(domain, 4)}:${hexadecimal(bus, 2)}:${hexadecimal(slot, 2)}.${fn}`,
    id: aliasOf(hostdev),
    bootindex: positive(context.bootIndex(hostdev)),
    failover_pair_id: teaming?.type === 'transient' ? teaming.persistent : undefined,
    ...addressProperties(context.domain, hostdev),
    ...romProperties(hostdev),
  };
}

/** A network card of the host is given to the guest like any other device. */
export function cardAsHostdev(card: Extract<Interface, { type: 'hostdev' }>): Of<'pci'> {
  const { source, alias, address, boot, rom, acpi, teaming, managed = false } = card;
  if (source.address?.type !== 'pci') {
    throw unsupported(say`<interface> ${card.mac?.address ?? ''} of type 'hostdev' needs the PCI address of a card.`);
  }
  const { type: _, ...place } = source.address;
  return {
    mode: 'subsystem',
    type: 'pci',
    managed,
    source: { address: place },
    ...(alias === undefined ? {} : { alias }),
    ...(address === undefined ? {} : { address }),
    ...(boot === undefined ? {} : { boot }),
    ...(rom === undefined ? {} : { rom }),
    ...(acpi === undefined ? {} : { acpi }),
    ...(teaming === undefined ? {} : { teaming }),
  };
}

function usbProperties(hostdev: Of<'usb'>, { domain, capabilities }: DeviceContext): DeviceProperties {
  const { source } = hostdev;
  const bus = source.address?.bus ?? 0;
  const device = source.address?.device ?? 0;
  const isMissing = source.missing === true;
  if (!isMissing && bus === 0 && device === 0)
    throw unsupported(say`A USB device of the host was not found by its ids.`);
  const byPath = !isMissing && capabilities.hasProperty('usb-host', 'hostdevice');
  const digits = (value: number): string => String(value).padStart(3, '0');
  return {
    driver: 'usb-host',
    hostdevice: byPath ? `/dev/bus/usb/${digits(bus)}/${digits(device)}` : undefined,
    hostbus: byPath || isMissing ? undefined : bus,
    hostaddr: byPath || isMissing ? undefined : device,
    id: aliasOf(hostdev),
    bootindex: positive(hostdev.boot?.order),
    'guest-reset': source.guestReset === undefined ? undefined : source.guestReset !== 'off',
    'guest-resets-all':
      source.guestReset === undefined || source.guestReset === 'off' ? undefined : source.guestReset === 'on',
    ...addressProperties(domain, hostdev),
  };
}

/** These nodes are numbered after the images of the disks. */
function scsiNode(hostdev: Of<'scsi'>, { devices }: CompleteDomain): string {
  let highest = 0;
  for (const disk of devices.disk) {
    highest = Math.max(highest, disk.source?.index ?? 0);
    for (let store = disk.backingStore; store !== undefined; store = store.backingStore) {
      highest = Math.max(highest, store.index ?? 0);
    }
  }
  const place = devices.hostdev.filter((item) => item.type === 'scsi').indexOf(hostdev);
  return `libvirt-${highest + place + 1}-backend`;
}

/** The node behind a SCSI device: the host's, or one that iSCSI reaches. */
export function scsiHostdevSteps(
  hostdev: Of<'scsi'>,
  domain: CompleteDomain,
  sgPath: (hostdev: Of<'scsi'>) => string,
  host: BlockHost,
): BlockStep[] {
  const readOnly = hostdev.readonly === true;
  const node = scsiNode(hostdev, domain);
  const source = scsiSource(hostdev, sgPath);
  const reference = authReference(source);
  const secretId = `${node}-secret0`;
  const type = source.protocol === undefined ? 'block' : 'network';
  const objects = reference === undefined ? {} : { auth: secretId };
  const backend = storageBackend({ type, source, driver: undefined, readOnly, isFloppy: false, objects }, host);
  const steps: BlockStep[] = [{ blockdev: { ...backend, 'node-name': node, 'read-only': readOnly } }];
  if (reference === undefined) return steps;
  if (host.secrets === undefined) throw unsupported(say`Storage that needs a <secret> is not supported here.`);
  return [{ object: secretObject(secretId, host.secrets.sealed(reference)) }, ...steps];
}

function scsiSource(hostdev: Of<'scsi'>, sgPath: (hostdev: Of<'scsi'>) => string): AnySource {
  const { source } = hostdev;
  if (source.protocol !== 'iscsi') return { dev: sgPath(hostdev), host: [], seclabel: [] };
  return {
    protocol: 'iscsi',
    host: source.host.map((item) => ({ ...item, transport: 'tcp' as const })),
    seclabel: [],
    ...(source.name === undefined ? {} : { name: source.name }),
    ...(source.auth === undefined ? {} : { auth: source.auth }),
    ...(source.initiator === undefined ? {} : { initiator: source.initiator }),
  };
}
