import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import type { QemuCapabilities } from '../capabilities/types.ts';
import type { CompleteDomain } from '../passes/types.ts';

/** A JSON value; `bigint` for numbers that a double can't hold, such as a WWN. */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonProperties;

/** An object for QEMU, in the order it is written; what is `undefined` is left out. */
export interface JsonProperties {
  readonly [name: string]: Json | undefined;
}

/** What `-device` and `device_add` take. */
export interface DeviceProperties extends JsonProperties {
  readonly driver: string;
  readonly id?: string;
}

/** What `-object` and `object-add` take. */
export interface ObjectProperties extends JsonProperties {
  readonly 'qom-type': string;
  readonly id: string;
}

/** What `-netdev` and `netdev_add` take. */
export interface NetdevProperties extends JsonProperties {
  readonly type: string;
  readonly id: string;
}

/** What `-blockdev` and `blockdev-add` take. */
export interface BlockdevProperties extends JsonProperties {
  readonly driver: string;
  readonly 'node-name': string;
}

/** What a device's properties depend on besides the device. */
export interface DeviceContext {
  /** Of the running machine: every device has its alias and address. */
  readonly domain: CompleteDomain;
  readonly capabilities: QemuCapabilities;
  /** The boot order of a device, from its own `<boot>` or from `<os><boot>`; 0 is none. */
  readonly bootIndex: (device: object) => number;
}

/** The number, unless it is 0, which QEMU is not told. */
export const positive = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);

/** For properties that are the words `on`, `off` and `auto` rather than a boolean. */
export const onOffWord = (value: boolean | undefined): 'on' | 'off' | undefined =>
  value === undefined ? undefined : value ? 'on' : 'off';

/** @throws Error when aliases were not assigned: a mistake of the caller, not of the definition. */
export function aliasOf(device: { readonly alias?: { readonly name: string } }): string {
  if (device.alias === undefined) throw new Error('a device of a running machine has no alias');
  return device.alias.name;
}

/** The alias of a controller, which must exist for a device that is plugged into it. */
export function controllerAlias(domain: Domain, type: string, index: number): string {
  const controller = domain.devices?.controller.find((item) => item.type === type && item.index === index);
  if (controller === undefined) throw new Error(`the ${type} controller ${index} of a device does not exist`);
  return aliasOf(controller);
}

/** The chardev behind a device. */
export const chardevAlias = (device: { readonly alias?: { readonly name: string } }): string =>
  `char${aliasOf(device)}`;

/** The chardev of a device that runs in another process. */
export const vhostUserAlias = (device: { readonly alias?: { readonly name: string } }): string =>
  `chr-vu-${aliasOf(device)}`;
