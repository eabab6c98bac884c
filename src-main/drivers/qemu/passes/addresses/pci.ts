/**
 * PCI addresses. The order in which devices are served is libvirt's, so that the same definition gets the same
 * addresses here and there; an address that is written down is never changed.
 */
import type { Controller } from '../../../../../src-shared/model/domain/index.ts';
import { controllersOf, findController, isUsb2 } from '../controller-list.ts';
import { type Addressed, devicesOf } from '../device-list.ts';
import { hasPcieRoot, hasPciRoot, supportsPci } from '../machine-kind.ts';
import type { CompleteDomain, Pass } from '../types.ts';
import { completePciControllers, markMultifunction } from './pci-controllers.ts';
import { PciBuses } from './pci-buses.ts';
import { type ConnectionKinds, connect, connectionKinds, connectionOf, controllerNeeds } from './pci-connection.ts';
import { isPlaced, piix3Function, placeFixedDevices, placeOf, setPlace, wantsPlace } from './pci-fixed.ts';

export const assignPciAddresses: Pass = (domain, { capabilities, environment }) => {
  if (!supportsPci(domain)) return;
  const kinds = connectionKinds(domain, capabilities, environment.isPciExpress ?? (() => true));
  const hasPcieToPciBridge = capabilities.hasType('pcie-pci-bridge');
  const indexes = controllersOf(domain.devices.controller, 'pci').map((item) => item.index ?? 0);
  const highest = Math.max(-1, ...indexes);
  let count = highest + 1;
  if (count > 0) {
    const trial = new Assignment(domain, kinds, new PciBuses(count, { grows: true, hasPcieToPciBridge }), true);
    count = addMissingControllers(domain, trial, highest);
  }
  new Assignment(domain, kinds, new PciBuses(count, { grows: false, hasPcieToPciBridge }), false).run();
  markMultifunction(domain);
  completePciControllers(domain, capabilities);
};

/** Tries out what controllers the devices need and adds them; answers how many PCI buses there are then. */
function addMissingControllers(domain: CompleteDomain, trial: Assignment, highest: number): number {
  const { buses } = trial;
  trial.run(() => {
    // A slot is kept for a device that may come later, unless the definition has filled every bus itself.
    if (hasPciRoot(domain) && !buses.full) buses.reserveNext(connect.auto | connect.pci);
  });
  // A new Express machine gets a free port for a device that may come later.
  if (highest <= 0 && buses.count > highest + 1 && hasPcieRoot(domain)) buses.reserveNext(connect.auto | connect.pcie);
  for (let index = 1; index < buses.count; index += 1) {
    const model = buses.modelOf(index);
    if (model === undefined || findController(domain.devices.controller, 'pci', index) !== undefined) continue;
    domain.devices.controller.push({ type: 'pci', index, model });
    buses.reserveNext(controllerNeeds[model]);
  }
  return buses.count;
}

class Assignment {
  readonly #domain: CompleteDomain;
  readonly #buses: PciBuses;
  readonly #needs: ReadonlyMap<object, number>;
  readonly #isTrial: boolean;

  constructor(domain: CompleteDomain, kinds: ConnectionKinds, buses: PciBuses, isTrial: boolean) {
    this.#domain = domain;
    this.#buses = buses;
    this.#isTrial = isTrial;
    this.#needs = new Map(devicesOf(domain.devices).map((ref) => [ref.device, connectionOf(ref, kinds)]));
    for (const controller of controllersOf(domain.devices.controller, 'pci')) {
      if (controller.model === undefined) continue;
      buses.setModel(controller.index ?? 0, controller.model, controller.target?.hotplug !== false);
    }
    buses.fillWith(hasPcieRoot(domain) ? 'pcie-root-port' : 'pci-bridge');
    this.#collect();
  }

  get buses(): PciBuses {
    return this.#buses;
  }

  run(beforeOthers?: () => void): void {
    placeFixedDevices(this.#domain, this.#buses, this.#reserveNext);
    beforeOthers?.();
    this.#placeOthers();
  }

  /** Takes the places that the definition gives. */
  #collect(): void {
    for (const { kind, device } of devicesOf(this.#domain.devices)) {
      if (!isPlaced(device) || device.address?.type !== 'pci') continue;
      const place = placeOf(device.address);
      const isInPiix3 =
        kind === 'controller' && place.slot === 1 && place.bus === 0 && piix3Function(device) === place.function;
      if (isInPiix3 && this.#buses.acceptsPci(0)) continue;
      this.#buses.reserve(place, this.#needs.get(device) || connect.pci);
    }
  }

  readonly #reserveNext = (device: Addressed): void => {
    const place = this.#buses.reserveNext(this.#needs.get(device) ?? 0);
    if (!this.#isTrial) setPlace(device, place);
  };

  #placeOthers(): void {
    const { devices } = this.#domain;
    const place = (list: readonly Addressed[]): void => {
      for (const device of list) {
        if (wantsPlace(device) && (this.#needs.get(device) ?? 0) !== 0) this.#reserveNext(device);
      }
    };
    place(devices.controller.filter((item) => item.type === 'pci'));
    place(devices.filesystem);
    place(devices.interface.filter((card) => card.type !== 'hostdev'));
    place(devices.sound);
    for (const controller of devices.controller) {
      if (controller.type === 'pci' || (controller.type === 'ide' && controller.index === 0)) continue;
      if (isUsb2(controller) && wantsPlace(controller)) this.#placeUsb2Part(controller);
      else place([controller]);
    }
    place(devices.disk);
    place(devices.interface.filter((card) => card.type === 'hostdev'));
    place(devices.hostdev);
    if (devices.memballoon !== undefined) place([devices.memballoon]);
    place(devices.rng);
    place(devices.watchdog);
    place(devices.video);
    place(devices.shmem);
    place(devices.input);
    place(devices.serial);
    if (devices.iommu !== undefined) place([devices.iommu]);
    if (devices.vsock !== undefined) place([devices.vsock]);
    place(devices.memory);
  }

  /** The functions of one USB 2 controller share a slot, each with its own number. */
  #placeUsb2Part(controller: Controller): void {
    const fn = { 'ich9-ehci1': 7, 'ich9-uhci1': 0, 'ich9-uhci2': 1, 'ich9-uhci3': 2 }[modelOf(controller)] ?? 0;
    const multifunction = fn === 0 ? true : undefined;
    const needs = this.#needs.get(controller) ?? 0;
    const partner = this.#domain.devices.controller.find(
      (item) => isUsb2(item) && item.index === controller.index && isPlaced(item),
    );
    if (partner?.address?.type === 'pci') {
      setPlace(controller, this.#buses.reserve({ ...placeOf(partner.address), function: fn }, needs), multifunction);
      return;
    }
    const place = this.#buses.reserveNext(needs, fn);
    if (!this.#isTrial) setPlace(controller, place, multifunction);
  }
}

const modelOf = (controller: Controller): string => ('model' in controller ? (controller.model ?? '') : '');
