import type { Controller } from '../../../../src-shared/model/domain/index.ts';

type ControllerType = Controller['type'];
export type ControllerOf<T extends ControllerType> = Extract<Controller, { type: T }>;

export function findController<T extends ControllerType>(
  controllers: readonly Controller[],
  type: T,
  index: number,
): ControllerOf<T> | undefined {
  return controllers.find((item) => item.type === type && item.index === index) as ControllerOf<T> | undefined;
}

export function controllersOf<T extends ControllerType>(
  controllers: readonly Controller[],
  type: T,
): ControllerOf<T>[] {
  return controllers.filter((item) => item.type === type) as ControllerOf<T>[];
}

const companionOf = (controller: Controller): boolean => controller.type === 'usb' && controller.master !== undefined;

/** Puts a controller where libvirt keeps it: by index among those of its type, a USB master before its companions. */
export function insertController(controllers: Controller[], added: Controller): void {
  let at: number | undefined;
  for (let place = controllers.length - 1; place >= 0; place -= 1) {
    const current = controllers[place];
    if (current?.type !== added.type) continue;
    if (added.index === undefined) {
      at = place + 1;
      break;
    }
    const index = current.index ?? -1;
    if (index > added.index) at = place;
    else if (index === added.index && !companionOf(added) && companionOf(current)) at = place;
    else at ??= place + 1;
  }
  controllers.splice(at ?? controllers.length, 0, added);
}

/** Adds a controller, as the last, unless that index of the type is taken. */
export function ensureController(controllers: Controller[], added: Controller & { index: number }): void {
  if (findController(controllers, added.type, added.index) === undefined) controllers.push(added);
}

const usb2Models: readonly (string | undefined)[] = ['ich9-ehci1', 'ich9-uhci1', 'ich9-uhci2', 'ich9-uhci3'];

/** Part of a USB 2 controller that is made of one EHCI and three UHCI functions. */
export const isUsb2 = (controller: Controller): boolean =>
  controller.type === 'usb' && usb2Models.includes(controller.model);
