import type { QemuOverride } from '../../../../src-shared/model/domain/namespaces.ts';
import type { QemuCapabilities } from '../capabilities/types.ts';
import type { BlockStep } from '../devices/block.ts';
import { type Chardev, type CharacterDevice, chardev, chardevObjects, type ChardevHost } from '../devices/chardev.ts';
import type {
  BlockdevProperties,
  DeviceProperties,
  Json,
  NetdevProperties,
  ObjectProperties,
} from '../devices/properties.ts';
import { escapeComma, toJson, toKeyValue } from './json.ts';

/** QEMU's arguments as they grow. Objects are written as JSON wherever this QEMU takes it. */
export class OptionList {
  readonly arguments: string[] = [];
  readonly environment: Record<string, string> = {};
  readonly #capabilities: QemuCapabilities;
  readonly #overrides: ReadonlyMap<string, QemuOverride['device'][number]>;

  constructor(capabilities: QemuCapabilities, override: QemuOverride | undefined) {
    this.#capabilities = capabilities;
    this.#overrides = new Map((override?.device ?? []).map((device) => [device.alias, device]));
  }

  add(...words: string[]): void {
    this.arguments.push(...words);
  }

  device(properties: DeviceProperties | undefined): void {
    if (properties === undefined) return;
    const final = this.#overridden(properties);
    const isJson = this.#capabilities.schemaHas('device_add/$json-cli-hotplug');
    this.add('-device', isJson ? toJson(final) : toKeyValue(final, 'driver', 'numbered'));
  }

  object(properties: ObjectProperties | undefined): void {
    if (properties === undefined) return;
    const isJson = this.#capabilities.schemaHas('object-add/arg-type/qom-type/^secret');
    this.add('-object', isJson ? toJson(properties) : toKeyValue(properties, 'qom-type', 'ranges'));
  }

  netdev(properties: NetdevProperties): void {
    const isJson = this.#capabilities.schemaHas('netdev_add/arg-type/type/^dgram');
    this.add('-netdev', isJson ? toJson(properties) : toKeyValue(properties, 'type', 'strings'));
  }

  blockdev(properties: BlockdevProperties): void {
    this.add('-blockdev', toJson(properties));
  }

  step(step: BlockStep): void {
    if ('object' in step) this.object(step.object);
    else this.blockdev(step.blockdev);
  }

  chardev(device: CharacterDevice, id: string, host: ChardevHost): void {
    for (const object of chardevObjects(device, id, host)) this.object(object);
    this.add('-chardev', formatChardev(chardev(device, id, host)));
  }

  /** Properties the user sets over what the device's XML says. */
  #overridden(properties: DeviceProperties): DeviceProperties {
    const override = properties.id === undefined ? undefined : this.#overrides.get(properties.id);
    if (override?.frontend === undefined) return properties;
    const result: Record<string, Json | undefined> & { driver: string } = { ...properties };
    for (const { name, type, value = '' } of override.frontend.property) {
      delete result[name];
      if (type === 'string') result[name] = value;
      else if (type === 'bool') result[name] = value === 'true';
      else if (type !== 'remove') result[name] = BigInt(value);
    }
    return result;
  }
}

const formatChardev = ({ backend, options }: Chardev): string =>
  [backend, ...options.map(([name, value]) => `${name}=${escapeComma(value)}`)].join(',');
