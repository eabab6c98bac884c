import type { Address, Controller, Devices } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { controllersOf } from '../controller-list.ts';
import type { Addressed } from '../device-list.ts';
import { invalidDefinition, placementFailed, unsupported } from '../errors.ts';
import type { CompleteDomain, Pass } from '../types.ts';

const hubPorts = 8;
const maxDepth = 4;

type UsbAddress = Extract<Address, { type: 'usb' }>;

interface HubPorts {
  readonly size: number;
  readonly used: Set<number>;
  readonly hubs: Map<number, HubPorts>;
}

/** USB devices get a port; hubs are added when there are more devices than ports. */
export const assignUsbPorts: Pass = (domain, { isNew }) => {
  const { devices } = domain;
  const all = [...devices.hub, ...usbDevices(devices)];
  // A definition that ran before may have left ports to QEMU; choosing now would move its devices.
  if (!isNew && all.some((device) => !hasPort(device))) return;
  addHubs(domain, all.length);
  const ports = new UsbPorts(devices);
  for (const device of usbDevices(devices)) if (hasPort(device)) ports.reserve(device.address);
  for (const hub of devices.hub) {
    if (hasPort(hub)) continue;
    ports.assign(hub);
    if (hasPort(hub)) ports.addHub(hub.address);
  }
  for (const device of usbDevices(devices)) if (isAssignable(device)) ports.assign(device);
};

const hasPort = (device: Addressed): device is Addressed & { address: UsbAddress } =>
  device.address?.type === 'usb' && device.address.port !== undefined && device.address.port !== '';

const isAssignable = (device: Addressed): boolean =>
  device.address === undefined || (device.address.type === 'usb' && !hasPort(device));

/** In libvirt's order, hubs left out. */
function usbDevices(devices: Devices): Addressed[] {
  return [
    ...devices.hostdev.filter((item) => item.type === 'usb'),
    ...devices.disk.filter((item) => item.target.bus === 'usb'),
    ...devices.controller.filter((item) => item.type === 'ccid'),
    ...devices.input.filter((item) => item.bus === 'usb'),
    ...devices.serial.filter((item) => item.target?.type === 'usb-serial'),
    ...devices.sound.filter((item) => item.model === 'usb'),
    ...devices.redirdev,
  ];
}

function addHubs({ devices, name }: CompleteDomain, count: number): void {
  const controllers = controllersOf(devices.controller, 'usb');
  if (count > 0 && !controllers.some((item) => item.model !== 'none')) {
    throw unsupported(say`Domain '${name}' has USB devices, but its USB controller is switched off (model='none').`);
  }
  const available =
    controllers.reduce((sum, controller) => sum + portsOf(controller), 0) + devices.hub.length * hubPorts;
  if (count <= available) return;
  const needed = Math.ceil((count - available + 1) / (hubPorts - 1));
  for (let index = 0; index < needed; index += 1) devices.hub.push({ type: 'usb' });
}

function portsOf(controller: Controller): number {
  if (controller.type !== 'usb') return 0;
  switch (controller.model) {
    case 'ehci':
    case 'ich9-ehci1':
      return 6;
    case 'pci-ohci':
      return 3;
    case 'nec-xhci':
    case 'qemu-xhci':
      return controller.ports ?? 4;
    case 'qusb1':
    case 'qusb2':
      return controller.ports ?? 8;
    case 'ich9-uhci1':
    case 'ich9-uhci2':
    case 'ich9-uhci3':
    case 'none':
      return 0;
    default:
      return 2;
  }
}

const newHub = (size: number): HubPorts => ({ size, used: new Set(), hubs: new Map() });

class UsbPorts {
  readonly #buses: (HubPorts | undefined)[] = [];

  constructor(devices: Devices) {
    for (const controller of controllersOf(devices.controller, 'usb')) {
      const size = portsOf(controller);
      const index = controller.index ?? 0;
      if (size === 0) continue;
      if (this.#buses[index] !== undefined) throw invalidDefinition(say`Two USB controllers have the index ${index}.`);
      this.#buses[index] = newHub(size);
    }
    for (const hub of devices.hub) if (hasPort(hub)) this.addHub(hub.address);
  }

  reserve(address: UsbAddress): void {
    const { hub, port } = this.#find(address);
    if (hub.used.has(port))
      throw invalidDefinition(say`USB bus ${address.bus ?? 0} port ${address.port} is used twice.`);
    hub.used.add(port);
  }

  addHub(address: UsbAddress): void {
    const { hub, port } = this.#find(address);
    if (hub.hubs.has(port))
      throw invalidDefinition(say`Two USB hubs are on bus ${address.bus ?? 0} port ${address.port}.`);
    hub.used.add(port);
    hub.hubs.set(port, newHub(hubPorts));
  }

  assign(device: Addressed): void {
    const asked = device.address?.type === 'usb' ? (device.address.bus ?? 0) : undefined;
    if (asked !== undefined && this.#buses[asked] === undefined) {
      throw invalidDefinition(say`A device asks for USB bus ${asked}, which no controller has.`);
    }
    for (let bus = 0; bus < this.#buses.length; bus += 1) {
      const hub = this.#buses[bus];
      if (hub === undefined || (asked !== undefined && asked !== bus)) continue;
      const path = freePath(hub, 0);
      if (path === undefined) continue;
      const address: UsbAddress = { type: 'usb', bus, port: path.join('.') };
      device.address = address;
      this.reserve(address);
      return;
    }
    throw placementFailed(say`No free USB port is left.`);
  }

  #find(address: UsbAddress): { readonly hub: HubPorts; readonly port: number } {
    const bus = address.bus ?? 0;
    let hub = this.#buses[bus];
    if (hub === undefined) throw invalidDefinition(say`There is no USB bus ${bus}.`);
    const path = (address.port ?? '').split('.').map(Number);
    const port = path.pop() ?? 0;
    for (const step of path) {
      hub = hub.hubs.get(step);
      if (hub === undefined)
        throw invalidDefinition(say`There is no hub at port ${step} of USB bus ${bus} (${address.port}).`);
    }
    if (port < 1 || port > hub.size) throw invalidDefinition(say`USB bus ${bus} has no port ${address.port}.`);
    return { hub, port };
  }
}

function freePath(hub: HubPorts, level: number): number[] | undefined {
  for (let port = 1; port <= hub.size; port += 1) if (!hub.used.has(port)) return [port];
  if (level >= maxDepth - 1) return undefined;
  for (let port = 1; port <= hub.size; port += 1) {
    const inner = hub.hubs.get(port);
    const path = inner === undefined ? undefined : freePath(inner, level + 1);
    if (path !== undefined) return [port, ...path];
  }
  return undefined;
}
