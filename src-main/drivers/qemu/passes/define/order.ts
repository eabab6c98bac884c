import type { Controller, Disk } from '../../../../../src-shared/model/domain/index.ts';
import { insertController, isUsb2 } from '../controller-list.ts';
import { diskIndex } from '../disk-name.ts';
import type { Pass } from '../types.ts';

/** Lists are kept as libvirt keeps them, since the order decides who gets which address. */
export const orderDevices: Pass = ({ devices }) => {
  devices.disk = devices.disk.reduce<Disk[]>((sorted, disk) => insertDisk(sorted, disk), []);
  const controllers: Controller[] = [];
  for (const controller of devices.controller) {
    if (controller.type === 'usb') completeCompanion(controller);
    insertController(controllers, controller);
  }
  devices.controller = controllers;
  const primary = devices.video.findIndex((video) => video.model?.primary === true);
  if (primary > 0) devices.video.unshift(...devices.video.splice(primary, 1));
};

/** The ports at which the parts of a USB 2 controller start. */
const companionPorts: Partial<Record<string, number>> = { 'ich9-uhci1': 0, 'ich9-uhci2': 2, 'ich9-uhci3': 4 };

function completeCompanion(controller: Extract<Controller, { type: 'usb' }>): void {
  const startport = companionPorts[controller.model ?? ''];
  if (startport !== undefined) controller.master ??= { startport };
}

/** Disks of one bus stand together, by name. */
function insertDisk(disks: Disk[], added: Disk): Disk[] {
  const name = diskIndex(added.target.dev) ?? -1;
  let at: number | undefined;
  for (let place = disks.length - 1; place >= 0; place -= 1) {
    const current = disks[place];
    if (current === undefined || current.target.bus !== added.target.bus) continue;
    if ((diskIndex(current.target.dev) ?? -1) > name) at = place;
    else at ??= place + 1;
  }
  disks.splice(at ?? disks.length, 0, added);
  return disks;
}

/** A controller without an index gets the lowest that is free; parts of one USB 2 controller share theirs. */
export const numberControllers: Pass = ({ devices }) => {
  const { controller: controllers } = devices;
  controllers.forEach((controller, place) => {
    if (controller.index !== undefined) return;
    const shared = isUsb2(controller) ? indexOfUsb2Before(controllers, place, controller) : undefined;
    controller.index = shared ?? unusedIndex(controllers, controller.type);
  });
};

function indexOfUsb2Before(
  controllers: readonly Controller[],
  place: number,
  controller: Controller,
): number | undefined {
  const previous = controllers.slice(0, place).findLast((item) => item.type === 'usb');
  if (previous === undefined || !isUsb2(previous)) return undefined;
  const taken = controllers.some(
    (item) => item.type === 'usb' && item.index === previous.index && isSameModel(item, controller),
  );
  return taken ? undefined : previous.index;
}

const isSameModel = (left: Controller, right: Controller): boolean =>
  left.type === 'usb' && right.type === 'usb' && left.model === right.model;

function unusedIndex(controllers: readonly Controller[], type: Controller['type']): number {
  const used = new Set(controllers.filter((item) => item.type === type).map((item) => item.index));
  let index = 0;
  while (used.has(index)) index += 1;
  return index;
}
