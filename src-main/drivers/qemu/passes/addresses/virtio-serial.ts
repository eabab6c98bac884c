import type { Address, Controller } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { controllersOf, ensureController, findController } from '../controller-list.ts';
import { type Addressed, devicesOf } from '../device-list.ts';
import { invalidDefinition } from '../errors.ts';
import type { Pass } from '../types.ts';

const defaultPorts = 31;

type Place = Extract<Address, { type: 'virtio-serial' }>;

/** Channels and virtio consoles get a port; port 0 is kept for consoles. */
export const assignVirtioSerialPorts: Pass = ({ devices }) => {
  const ports = new Ports(devices.controller);
  for (const { device } of devicesOf(devices)) {
    if (device.address?.type === 'virtio-serial' && (device.address.port ?? 0) !== 0) ports.reserve(device.address);
  }
  for (const console of devices.console) if (console.target?.type === 'virtio') ports.assign(console, true);
  for (const channel of devices.channel) if (channel.target?.type === 'virtio') ports.assign(channel, false);
};

class Ports {
  readonly #controllers: Controller[];
  readonly #used = new Map<number, Set<number>>();

  constructor(controllers: Controller[]) {
    this.#controllers = controllers;
  }

  reserve(place: Place): void {
    const index = place.controller ?? 0;
    const port = place.port ?? 0;
    const size = this.#size(index);
    if (size === undefined) throw invalidDefinition(say`The virtio-serial controller ${index} is missing.`);
    if (port >= size) throw invalidDefinition(say`The virtio-serial controller ${index} has no port ${port}.`);
    if (this.#usedOn(index).has(port)) {
      throw invalidDefinition(say`Port ${port} of virtio-serial controller ${index} is used twice.`);
    }
    this.#usedOn(index).add(port);
  }

  /** A console's address is not written down while it is the only thing that wants port 0: libvirt does not either. */
  assign(device: Addressed, isConsole: boolean): void {
    const given = device.address?.type === 'virtio-serial' ? device.address : undefined;
    if (given !== undefined && (given.port ?? 0) !== 0) return;
    const place = given === undefined ? this.#next(isConsole) : this.#nextOn(given.controller ?? 0);
    this.reserve(place);
    if (!isConsole) device.address = place;
    else if (given !== undefined) device.address = { ...given, controller: given.controller ?? 0, bus: 0, port: 0 };
  }

  #next(isConsole: boolean): Place {
    const first = isConsole ? 0 : 1;
    const existing = controllersOf(this.#controllers, 'virtio-serial').map((item) => item.index ?? 0);
    for (const controller of existing.sort((left, right) => left - right)) {
      const port = this.#free(controller, first);
      if (port !== undefined) return { type: 'virtio-serial', controller, bus: 0, port };
    }
    let controller = 0;
    while (findController(this.#controllers, 'virtio-serial', controller) !== undefined) controller += 1;
    ensureController(this.#controllers, { type: 'virtio-serial', index: controller });
    return { type: 'virtio-serial', controller, bus: 0, port: first };
  }

  #nextOn(controller: number): Place {
    const port = this.#free(controller, 1);
    if (port === undefined) throw invalidDefinition(say`The virtio-serial controller ${controller} has no free port.`);
    return { type: 'virtio-serial', controller, bus: 0, port };
  }

  #free(controller: number, first: number): number | undefined {
    const size = this.#size(controller) ?? 0;
    for (let port = first; port < size; port += 1) if (!this.#usedOn(controller).has(port)) return port;
    return undefined;
  }

  #size(index: number): number | undefined {
    const controller = findController(this.#controllers, 'virtio-serial', index);
    return controller === undefined ? undefined : (controller.ports ?? defaultPorts);
  }

  #usedOn(index: number): Set<number> {
    let used = this.#used.get(index);
    if (used === undefined) this.#used.set(index, (used = new Set()));
    return used;
  }
}
