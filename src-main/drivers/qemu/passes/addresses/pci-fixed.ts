/** Devices whose place the board gives: those inside its chip set, and the first graphics card. */
import type { Address, Controller } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import type { Addressed } from '../device-list.ts';
import { placementFailed } from '../errors.ts';
import { isI440fx, isQ35 } from '../machine-kind.ts';
import type { CompleteDomain } from '../types.ts';
import type { PciBuses, PciPlace } from './pci-buses.ts';
import { connect } from './pci-connection.ts';

type PciAddress = Extract<Address, { type: 'pci' }>;

const isEmpty = (address: PciAddress): boolean =>
  (address.domain ?? 0) === 0 && (address.bus ?? 0) === 0 && (address.slot ?? 0) === 0;

/** A PCI address that says where. */
export const isPlaced = (device: Addressed): boolean => device.address?.type === 'pci' && !isEmpty(device.address);

/** No address, or one that only says it is a PCI device. */
export const wantsPlace = (device: Addressed): boolean =>
  device.address === undefined || (device.address.type === 'pci' && isEmpty(device.address));

export const placeOf = (address: PciAddress): PciPlace => ({
  bus: address.bus ?? 0,
  slot: address.slot ?? 0,
  function: address.function ?? 0,
});

export function setPlace(device: Addressed, place: PciPlace, multifunction?: boolean): void {
  const zpci = device.address?.type === 'pci' ? device.address.zpci : undefined;
  device.address = {
    type: 'pci',
    domain: 0,
    ...place,
    ...(multifunction === undefined ? {} : { multifunction }),
    ...(zpci === undefined ? {} : { zpci }),
  };
}

/** Gives a device the next free place that fits it. */
type ReserveNext = (device: Addressed) => void;

/** Where in the 440FX's south bridge (slot 1) a controller is, if it is part of it. */
export function piix3Function(controller: Controller): number | undefined {
  if (controller.index !== 0) return undefined;
  if (controller.type === 'ide') return 1;
  if (controller.type === 'usb' && (controller.model ?? 'piix3-uhci') === 'piix3-uhci') return 2;
  return undefined;
}

/** Reserves what the chip set has and places the devices that belong to it. */
export function placeFixedDevices(domain: CompleteDomain, buses: PciBuses, reserveNext: ReserveNext): void {
  if (isI440fx(domain)) placeOnPiix3(domain, buses, reserveNext);
  if (isQ35(domain)) placeOnIch9(domain, buses, reserveNext);
}

function placeOnPiix3(domain: CompleteDomain, buses: PciBuses, reserveNext: ReserveNext): void {
  const needs = connect.auto | connect.pci;
  for (const controller of domain.devices.controller) {
    const fn = piix3Function(controller);
    if (fn === undefined) continue;
    placeInChipset(controller, { bus: 0, slot: 1, function: fn });
    buses.reserve({ bus: 0, slot: 1, function: fn }, needs);
  }
  // The ISA bridge and the power management function.
  buses.reserve({ bus: 0, slot: 1, function: 0 }, needs);
  buses.reserve({ bus: 0, slot: 1, function: 3 }, needs);
  placeFirstCard(domain, buses, 2, needs, reserveNext);
}

function placeInChipset(controller: Controller, place: PciPlace): void {
  if (!isPlaced(controller)) {
    setPlace(controller, place);
    return;
  }
  if (controller.address?.type !== 'pci') return;
  const given = placeOf(controller.address);
  if (given.bus !== place.bus || given.slot !== place.slot || given.function !== place.function) {
    const where = `0:${place.bus}:${place.slot.toString(16)}.${place.function}`;
    throw placementFailed(
      say`The first '${controller.type}' controller is part of the chip set, at PCI address ${where}.`,
    );
  }
}

function placeFirstCard(
  { devices }: CompleteDomain,
  buses: PciBuses,
  slot: number,
  needs: number,
  reserveNext: ReserveNext,
): void {
  const [card] = devices.video;
  const type = card?.model?.type;
  if (card === undefined || type === 'none' || type === 'ramfb' || !wantsPlace(card)) return;
  const place = { bus: 0, slot, function: 0 };
  buses.validate(place, needs, true);
  if (buses.inUse(0, slot)) reserveNext(card);
  else setPlace(card, buses.reserve(place, needs));
}

function placeOnIch9(domain: CompleteDomain, buses: PciBuses, reserveNext: ReserveNext): void {
  const needs = connect.pcie;
  for (const controller of domain.devices.controller) {
    if (controller.type === 'sata' && controller.index === 0) {
      const wasPlaced = isPlaced(controller);
      placeInChipset(controller, { bus: 0, slot: 0x1f, function: 2 });
      // Addresses that were given are reserved when they are collected.
      if (!wasPlaced) buses.reserve({ bus: 0, slot: 0x1f, function: 2 }, needs);
    } else if (controller.type === 'usb' && controller.model === 'ich9-uhci1' && controller.address === undefined) {
      const slot = [0x1d, 0x1a].find((candidate) => !buses.inUse(0, candidate));
      if (slot !== undefined) setPlace(controller, buses.reserve({ bus: 0, slot, function: 0 }, needs), true);
    } else if (
      controller.type === 'pci' &&
      controller.model === 'dmi-to-pci-bridge' &&
      controller.address === undefined
    ) {
      if (!buses.inUse(0, 0x1e)) setPlace(controller, buses.reserve({ bus: 0, slot: 0x1e, function: 0 }, needs));
    }
  }
  // The ISA bridge and the SMBus.
  buses.reserve({ bus: 0, slot: 0x1f, function: 0 }, needs);
  buses.reserve({ bus: 0, slot: 0x1f, function: 3 }, needs);
  placeFirstCard(domain, buses, 1, needs, reserveNext);
  if (buses.inUse(0, 0x1b)) return;
  const sound = domain.devices.sound.find((item) => item.model === 'ich9' && wantsPlace(item));
  if (sound !== undefined) setPlace(sound, buses.reserve({ bus: 0, slot: 0x1b, function: 0 }, needs));
}
