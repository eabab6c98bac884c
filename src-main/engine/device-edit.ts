/**
 * Adding, removing and replacing one device of a model, found the way libvirt finds it: by alias, by what makes a device
 * of its kind unique (a disk's target, a card's MAC), else by being the same in everything that was said about it.
 */
import { VirError } from '../../src-shared/errors.ts';
import { type Devices, devicesSchema, type Domain } from '../../src-shared/model/domain/index.ts';
import { emptyDevices } from '../../src-shared/model/domain/normalise.ts';
import { parseElement } from '../../src-shared/xml/parse.ts';
import { readXml } from '../../src-shared/xml/read.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { fromXmlError } from './domain-errors.ts';

/** One device of any kind with the list it belongs in. */
export interface ParsedDevice {
  /** Its element's name, also its key in `Devices`. */
  readonly kind: keyof Devices & string;
  readonly isList: boolean;
  readonly device: DeviceParts;
}

/** What devices of whatever kind may be found by. */
interface DeviceParts {
  readonly alias?: { readonly name: string };
  readonly address?: object;
  readonly mac?: { readonly address?: string };
  readonly target?: { readonly dev?: string; readonly bus?: string; readonly name?: string; readonly port?: number };
  readonly index?: number;
}

/** @throws VirError `xml-error` when it is not one device of a domain. */
export function parseDevice(xml: string): ParsedDevice {
  try {
    const root = readXml(xml);
    const field = devicesSchema.compiled.childByName.get(root.name);
    const spec = field?.spec;
    if (field === undefined || (spec?.kind !== 'child' && spec?.kind !== 'children')) {
      throw new VirError({
        code: 'xml-error',
        domain: 'domain',
        message: say`<${root.name}> is not a device of a domain.`,
      });
    }
    const device = parseElement(spec.schema(), root) as DeviceParts;
    return { kind: field.key as keyof Devices & string, isList: spec.kind === 'children', device };
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
}

/** @throws VirError `operation-invalid` when there is one already that it would be confused with. */
export function addDevice(domain: Domain, added: ParsedDevice): Domain {
  const { kind, isList, device } = added;
  const list = devicesOf(domain, kind);
  const twin = list.find((other) => identity(device) !== undefined && identity(other) === identity(device));
  if (twin !== undefined) {
    throw refuse('operation-invalid', say`The domain '${domain.name}' already has <${kind}> '${identity(device)}'.`);
  }
  if (!isList && list.length > 0) {
    throw refuse('operation-invalid', say`The domain '${domain.name}' already has <${kind}>; it can have only one.`);
  }
  const place = kind === 'disk' ? placeOfDisk(list, device) : list.length;
  return withDevices(domain, added, list.toSpliced(place, 0, device));
}

/** Disks of one bus stand in the order of their names (`virDomainDiskInsert`). */
function placeOfDisk(list: readonly DeviceParts[], device: DeviceParts): number {
  const order = ({ target: of }: DeviceParts): string => (of?.dev ?? '').padStart(8);
  const sameBus = (other: DeviceParts): boolean => other.target?.bus === device.target?.bus;
  const after = list.findLastIndex((other) => sameBus(other) && order(other) <= order(device));
  if (after >= 0) return after + 1;
  const before = list.findIndex(sameBus);
  return before >= 0 ? before : list.length;
}

/** The device a description means, if there is one. */
export function lookForDevice(domain: Domain, wanted: ParsedDevice): DeviceParts | undefined {
  return matching(devicesOf(domain, wanted.kind), wanted.device);
}

/** The same where there must be one. @throws VirError `device-missing` */
export function findDevice(domain: Domain, wanted: ParsedDevice): DeviceParts {
  const found = lookForDevice(domain, wanted);
  if (found !== undefined) return found;
  const what = wanted.device.alias?.name ?? identity(wanted.device);
  throw refuse(
    'device-missing',
    say`The domain '${domain.name}' has no <${wanted.kind}>${what === undefined ? ' like this' : ` '${what}'`}.`,
  );
}

export function removeDevice(domain: Domain, wanted: ParsedDevice): Domain {
  const found = findDevice(domain, wanted);
  return withDevices(
    domain,
    wanted,
    devicesOf(domain, wanted.kind).filter((device) => device !== found),
  );
}

/** The found device's place on its bus and its alias stay when the new description does not name others. */
export function replaceDevice(domain: Domain, wanted: ParsedDevice): Domain {
  const found = findDevice(domain, wanted);
  const { alias, address } = found;
  const device = {
    ...(alias === undefined ? {} : { alias }),
    ...(address === undefined ? {} : { address }),
    ...wanted.device,
  };
  return withDevices(
    domain,
    wanted,
    devicesOf(domain, wanted.kind).map((other) => (other === found ? device : other)),
  );
}

function devicesOf(domain: Domain, kind: keyof Devices): readonly DeviceParts[] {
  const value: unknown = domain.devices?.[kind];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as readonly DeviceParts[];
}

function withDevices(domain: Domain, { kind, isList }: ParsedDevice, list: readonly DeviceParts[]): Domain {
  const { [kind]: _, ...others } = domain.devices ?? emptyDevices();
  const value = isList ? list : list[0];
  // The schema that read these devices put them under this very key.
  return { ...domain, devices: { ...others, ...(value === undefined ? {} : { [kind]: value }) } as Devices };
}

function matching(list: readonly DeviceParts[], wanted: DeviceParts): DeviceParts | undefined {
  const alias = wanted.alias?.name;
  if (alias !== undefined) {
    const found = list.find((device) => device.alias?.name === alias);
    if (found !== undefined) return found;
  }
  const name = identity(wanted);
  if (name !== undefined) return list.find((device) => identity(device) === name);
  return list.find((device) => says(wanted, device));
}

function identity(device: DeviceParts): string | undefined {
  const port = device.target?.port;
  return (
    device.mac?.address ??
    device.target?.dev ??
    device.target?.name ??
    (port === undefined ? undefined : `port ${port}`) ??
    (device.index === undefined || !('type' in device) ? undefined : `${String(device.type)} ${device.index}`)
  );
}

/** Whether everything the description says is so in the device, which may have more. */
function says(wanted: unknown, device: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === device;
  if (typeof device !== 'object' || device === null) return false;
  if (Array.isArray(wanted)) {
    return wanted.length === 0 || (Array.isArray(device) && wanted.every((item, index) => says(item, device[index])));
  }
  return Object.entries(wanted).every(
    ([key, value]) => key === 'alias' || says(value, (device as Record<string, unknown>)[key]),
  );
}

const refuse = (code: 'operation-invalid' | 'device-missing', message: Sentence): VirError =>
  new VirError({ code, domain: 'device', message });
