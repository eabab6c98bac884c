import { invalidDefinition, placementFailed } from '../errors.ts';
import { allKinds, connect, endpointKinds, type PciModel } from './pci-connection.ts';
import { say } from '../../../../../src-shared/words.ts';

export interface PciPlace {
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

interface Bus {
  readonly model: PciModel;
  accepts: number;
  readonly firstSlot: number;
  readonly lastSlot: number;
  /** A bit a function in use, by slot. */
  readonly slots: Uint8Array;
  /** A bit a slot that others may share. */
  shared: number;
}

const { auto, pci, pcie, rootPort, pciBridge } = connect;
const underRootPort = auto | pcie | connect.upstreamPort | connect.pcieToPciBridge;
const conventional = auto | pci | pciBridge;

/** What each PCI controller offers downstream: kinds of connection, first and last slot. */
const offers: Readonly<Record<PciModel, readonly [accepts: number, first: number, last: number, hotplug: boolean]>> = {
  'pci-root': [conventional | connect.pciExpander, 1, 31, true],
  'pci-bridge': [conventional, 1, 31, true],
  'pci-expander-bus': [conventional, 0, 31, true],
  'pcie-root': [pcie | rootPort | connect.dmiBridge | connect.pcieExpander, 1, 31, false],
  'dmi-to-pci-bridge': [pci | pciBridge, 0, 31, false],
  'pcie-to-pci-bridge': [conventional, 1, 31, true],
  'pcie-root-port': [underRootPort, 0, 0, true],
  'pcie-switch-downstream-port': [underRootPort, 0, 0, true],
  'pcie-switch-upstream-port': [connect.downstreamPort, 0, 31, false],
  'pcie-expander-bus': [rootPort | connect.dmiBridge, 0, 31, false],
};

const hexadecimal = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const formatPlace = (place: PciPlace): string =>
  `0000:${hexadecimal(place.bus, 2)}:${hexadecimal(place.slot, 2)}.${place.function}`;

/** The PCI buses of a machine and what is plugged into them. It may grow while it is tried out what is needed. */
export class PciBuses {
  readonly #buses: (Bus | undefined)[];
  readonly #grows: boolean;
  readonly #hasPcieToPciBridge: boolean;

  constructor(count: number, options: { readonly grows: boolean; readonly hasPcieToPciBridge: boolean }) {
    this.#buses = Array.from({ length: count }, () => undefined);
    this.#grows = options.grows;
    this.#hasPcieToPciBridge = options.hasPcieToPciBridge;
  }

  get count(): number {
    return this.#buses.length;
  }

  setModel(index: number, model: PciModel, hotplug = true): void {
    const [accepts, firstSlot, lastSlot, canHotplug] = offers[model];
    this.#buses[index] = {
      model,
      accepts: accepts | (hotplug && canHotplug ? connect.hotplug : 0),
      firstSlot,
      lastSlot,
      slots: new Uint8Array(32),
      shared: 0,
    };
  }

  modelOf(index: number): PciModel | undefined {
    return this.#buses[index]?.model;
  }

  /** Every bus that has no controller yet gets one of this model. */
  fillWith(model: PciModel): void {
    for (let index = 1; index < this.#buses.length; index += 1) {
      if (this.#buses[index] === undefined) this.setModel(index, model);
    }
  }

  acceptsPci(index: number): boolean {
    return ((this.#buses[index]?.accepts ?? 0) & pci) !== 0;
  }

  inUse(bus: number, slot: number): boolean {
    return (this.#buses[bus]?.slots[slot] ?? 0) !== 0;
  }

  get full(): boolean {
    return this.#buses.every((bus) => bus === undefined || !hasFreeSlot(bus));
  }

  /** Takes a place the definition names; a conventional device may then sit in an Express slot and the reverse. */
  reserve(place: PciPlace, needs: number): PciPlace {
    const taken = this.#grows ? this.#growTo(place, needs) : place;
    this.validate(taken, needs, true);
    return this.#take(taken, needs);
  }

  /** Finds and takes the first free place that fits; `fn` asks for one function of an otherwise free slot. */
  reserveNext(needs: number, fn?: number): PciPlace {
    const place = this.#findNext(needs, fn);
    this.validate(place, needs, false);
    return this.#take(place, needs);
  }

  /** @throws VirError when there is no such place or it does not fit. */
  validate(place: PciPlace, needs: number, asked: boolean): void {
    const fail = asked ? invalidDefinition : placementFailed;
    const bus = this.#buses[place.bus];
    if (bus === undefined) throw fail(say`There is no PCI bus ${place.bus} for the address ${formatPlace(place)}.`);
    const problem = misfit(bus, place, needs, asked);
    if (problem !== undefined) throw fail(say`The PCI address ${formatPlace(place)} ${problem}.`);
    if (place.slot < bus.firstSlot) throw fail(say`The slot of ${formatPlace(place)} is below ${bus.firstSlot}.`);
    if (place.slot > bus.lastSlot) throw fail(say`The slot of ${formatPlace(place)} is above ${bus.lastSlot}.`);
    if (place.function > 7) throw fail(say`The function of ${formatPlace(place)} is above 7.`);
  }

  #take(place: PciPlace, needs: number): PciPlace {
    const bus = this.#buses[place.bus];
    const used = bus?.slots[place.slot] ?? 0;
    if (bus === undefined || (used & (1 << place.function)) !== 0) {
      throw invalidDefinition(say`The PCI address ${formatPlace(place)} is used twice.`);
    }
    if (used === 0 && (needs & connect.aggregate) !== 0) bus.shared |= 1 << place.slot;
    bus.slots[place.slot] = used | (1 << place.function);
    return place;
  }

  #findNext(needs: number, fn: number | undefined): PciPlace {
    if (this.#buses.length === 0) throw invalidDefinition(say`The machine has no PCI bus.`);
    for (let index = 0; index < this.#buses.length; index += 1) {
      const bus = this.#buses[index];
      if (bus === undefined || misfit(bus, { bus: index, slot: 0, function: 0 }, needs, false) !== undefined) continue;
      const place = freePlace(bus, needs, fn);
      if (place !== undefined) return { bus: index, ...place };
    }
    if (!this.#grows) throw placementFailed(say`No free PCI slot is left.`);
    const grown = this.#growTo({ bus: this.#buses.length, slot: 0, function: fn ?? 0 }, needs);
    return { ...grown, slot: this.#buses[grown.bus]?.firstSlot ?? 0 };
  }

  /** Adds the controllers that would make `place` exist. */
  #growTo(place: PciPlace, needs: number): PciPlace {
    if (place.bus < this.#buses.length) return place;
    let target = place;
    let model: PciModel;
    const extra: PciModel[] = [];
    if ((needs & pci) !== 0) {
      model = 'pci-bridge';
      const hasPlaceForBridge = this.#buses.some((bus) => ((bus?.accepts ?? 0) & pciBridge) !== 0);
      if (!hasPlaceForBridge) {
        // Conventional PCI on an Express machine starts with a bridge, which needs a port of its own.
        extra.push(...(this.#hasPcieToPciBridge ? expressBridge : (['dmi-to-pci-bridge'] as const)));
        if (place.bus === this.#buses.length) target = { ...place, bus: place.bus + 1 };
      }
    } else if ((needs & (pcie | connect.upstreamPort)) !== 0) model = 'pcie-root-port';
    else throw placementFailed(say`A PCI controller needs a slot, none is free, and none can be added by itself.`);
    const end = target.bus + 1;
    for (const added of extra) {
      const index = this.#buses.length;
      this.#buses.push(undefined);
      this.setModel(index, added, added !== 'dmi-to-pci-bridge');
      const bus = this.#buses[index];
      // The port is for that bridge alone: nothing else may be put there while trying out.
      if (bus !== undefined && added === 'pcie-root-port') bus.accepts = connect.pcieToPciBridge;
    }
    while (this.#buses.length < end) {
      this.#buses.push(undefined);
      this.setModel(this.#buses.length - 1, model);
    }
    return target;
  }
}

const expressBridge = ['pcie-root-port', 'pcie-to-pci-bridge'] as const;

function hasFreeSlot(bus: Bus): boolean {
  for (let slot = bus.firstSlot; slot <= bus.lastSlot; slot += 1) if (bus.slots[slot] === 0) return true;
  return false;
}

function freePlace(bus: Bus, needs: number, fn: number | undefined): { slot: number; function: number } | undefined {
  for (let slot = bus.firstSlot; slot <= bus.lastSlot; slot += 1) {
    const used = bus.slots[slot] ?? 0;
    if (used === 0) return { slot, function: fn ?? 0 };
    if ((needs & connect.aggregate) === 0 || (bus.shared & (1 << slot)) === 0) continue;
    for (let candidate = fn ?? 0; candidate < (fn === undefined ? 8 : fn + 1); candidate += 1) {
      if ((used & (1 << candidate)) === 0) return { slot, function: candidate };
    }
  }
  return undefined;
}

/** Why a device can't be plugged into a bus, to end the sentence "the PCI address … …". */
function misfit(bus: Bus, place: PciPlace, deviceNeeds: number, asked: boolean): string | undefined {
  let { accepts } = bus;
  let needs = deviceNeeds;
  if ((needs & connect.integrated) !== 0) {
    if (place.bus !== 0) return 'belongs to a device that is part of the board, which sits on bus 0';
    accepts |= auto;
  }
  if (asked) {
    if ((accepts & endpointKinds) !== 0) accepts |= endpointKinds;
    if ((needs & pciBridge) !== 0) needs |= pci;
  } else if ((needs & auto) !== 0 && (accepts & auto) === 0) {
    return `is on the controller with index ${place.bus}, where places are only given when asked for`;
  }
  if ((needs & connect.hotplug) !== 0 && (accepts & connect.hotplug) === 0) {
    return `is on the controller with index ${place.bus}, where nothing can be plugged while the machine runs`;
  }
  if ((needs & accepts & allKinds) === 0) {
    return `is on the controller with index ${place.bus} ('${bus.model}'), which does not take such a device`;
  }
  return undefined;
}
