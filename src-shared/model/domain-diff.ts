/**
 * What differs between two definitions of a domain, device by device, for people to confirm and for the engine to carry
 * out. Devices are recognised by what makes them the same to a user (a disk's target, a card's MAC), never by place.
 */
import { formatXml } from '../xml/format.ts';
import type { AnySchema, Compiled } from '../xml/schema.ts';
import { type Devices, devicesSchema, type Domain, domainSchema } from './domain/index.ts';

/** The kinds of device of which a domain has any number. */
export type DeviceKind = {
  [K in keyof Devices]-?: NonNullable<Devices[K]> extends readonly unknown[] ? K : never;
}[keyof Devices];

/** One device, as its XML. */
export interface DeviceText {
  readonly kind: string;
  /** What a user calls it: `vda`, a MAC address, `spice`; empty when it has no name of its own. */
  readonly name: string;
  readonly xml: string;
}

export type DomainDifference =
  | { readonly type: 'device-added'; readonly device: DeviceText }
  | { readonly type: 'device-removed'; readonly device: DeviceText }
  | { readonly type: 'device-changed'; readonly before: DeviceText; readonly after: DeviceText }
  /** Any other part of the domain: `memory`, `vcpu`, `cpu`, `os` … with its XML. */
  | { readonly type: 'section'; readonly section: string; readonly before?: string; readonly after?: string };

/** What a running or stored domain says about itself and an edit can't change. */
const ignored = new Set(['id', 'seclabel', 'uuid']);

export function diffDomains(before: Domain, after: Domain): readonly DomainDifference[] {
  return [...diffSections(before, after), ...diffDevices(before.devices, after.devices)];
}

function diffSections(before: Domain, after: Domain): DomainDifference[] {
  const differences: DomainDifference[] = [];
  const fields = compiledOf(domainSchema);
  for (const field of [...fields.attributes, ...fields.children]) {
    if (ignored.has(field.key) || field.key === 'devices') continue;
    const left = sectionText(before, field.key);
    const right = sectionText(after, field.key);
    if (left === right) continue;
    differences.push({
      type: 'section',
      section: field.key,
      ...(left === undefined ? {} : { before: left }),
      ...(right === undefined ? {} : { after: right }),
    });
  }
  return differences;
}

/** The XML of one part of a domain, found by writing a domain that has nothing else. */
function sectionText(domain: Domain, key: string): string | undefined {
  const value = (domain as Record<string, unknown>)[key];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const alone = { type: 'qemu', name: '-', sysinfo: [], seclabel: [], [key]: value } as unknown as Domain;
  const lines = formatXml(domainSchema, alone).split('\n');
  return lines
    .filter((line) => !/^<\/?domain|^ {2}<name>-<\/name>$/.test(line))
    .map((line) => line.replace(/^ {2}/, ''))
    .join('\n')
    .trim();
}

function diffDevices(before: Devices | undefined, after: Devices | undefined): DomainDifference[] {
  const differences: DomainDifference[] = [];
  for (const field of compiledOf(devicesSchema).children) {
    const { spec, key } = field;
    if (spec.kind === 'childText') {
      const left = (before as Record<string, unknown> | undefined)?.[key];
      const right = (after as Record<string, unknown> | undefined)?.[key];
      if (left !== right) differences.push(section(key, left, right));
      continue;
    }
    if (spec.kind !== 'child' && spec.kind !== 'children') continue;
    const schema = spec.schema();
    differences.push(...matchDevices(key, textsOf(before, key, schema), textsOf(after, key, schema)));
  }
  return differences;
}

function section(name: string, before: unknown, after: unknown): DomainDifference {
  return {
    type: 'section',
    section: name,
    ...(before === undefined ? {} : { before: String(before) }),
    ...(after === undefined ? {} : { after: String(after) }),
  };
}

interface Candidate extends DeviceText {
  /** Devices with the same identity are the same device. */
  readonly identity: string | undefined;
  /** The image of a disk: one that moved to another bus is the same disk, and must not be taken for one that went. */
  readonly image: string | undefined;
  /** The model without what the engine fills in: what pairs devices without an identity. */
  readonly sort: string;
}

function textsOf(devices: Devices | undefined, key: string, schema: AnySchema): Candidate[] {
  const value = (devices as Record<string, unknown> | undefined)?.[key];
  const list = value === undefined ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
  return list.map((device) => {
    const model = device as DeviceModel;
    const name = nameOf(key, model);
    return {
      kind: key,
      name,
      xml: formatXml(schema, withoutAlias(model)).trimEnd(),
      identity: name === '' ? undefined : name,
      image: key === 'disk' && model.device !== 'cdrom' ? (model.source?.file ?? model.source?.dev) : undefined,
      sort: [model.type, model.model, model.bus].map((part) => (typeof part === 'string' ? part : '')).join(' '),
    };
  });
}

function matchDevices(kind: string, before: Candidate[], after: Candidate[]): DomainDifference[] {
  const pairs: [Candidate, Candidate][] = [];
  const left = [...before];
  let right = [...after];
  const pair = (same: (a: Candidate, b: Candidate) => boolean): void => {
    right = right.filter((candidate) => {
      const index = left.findIndex((other) => same(other, candidate));
      const found = left[index];
      if (found === undefined) return true;
      left.splice(index, 1);
      pairs.push([found, candidate]);
      return false;
    });
  };
  pair((a, b) => a.xml === b.xml);
  pair((a, b) => a.identity !== undefined && a.identity === b.identity);
  pair((a, b) => a.image !== undefined && a.image === b.image);
  pair((a, b) => a.identity === undefined && b.identity === undefined && a.sort === b.sort);
  const text = ({ name, xml }: Candidate): DeviceText => ({ kind, name, xml });
  return [
    ...pairs
      .filter(([a, b]) => a.xml !== b.xml)
      .map(([a, b]): DomainDifference => ({ type: 'device-changed', before: text(a), after: text(b) })),
    ...left.map((device): DomainDifference => ({ type: 'device-removed', device: text(device) })),
    ...right.map((device): DomainDifference => ({ type: 'device-added', device: text(device) })),
  ];
}

/** The parts of devices that name them, whatever their kind. */
interface DeviceModel {
  readonly type?: unknown;
  readonly model?: unknown;
  readonly bus?: unknown;
  readonly device?: unknown;
  readonly source?: { readonly file?: string; readonly dev?: string };
  readonly index?: number;
  readonly alias?: unknown;
  readonly target?: { readonly dev?: string; readonly port?: number; readonly name?: string };
  readonly mac?: { readonly address: string };
}

function nameOf(kind: string, device: DeviceModel): string {
  switch (kind) {
    case 'disk':
      return device.target?.dev ?? '';
    case 'interface':
      return device.mac?.address ?? '';
    case 'controller':
      return `${String(device.type)} ${device.index ?? ''}`.trimEnd();
    case 'graphics':
      return String(device.type);
    case 'channel':
      return device.target?.name ?? '';
    case 'serial':
    case 'parallel':
    case 'console':
      return device.target?.port === undefined ? '' : String(device.target.port);
    default:
      return '';
  }
}

/** Aliases are the running instance's; two devices that differ in nothing else are the same. */
function withoutAlias(device: DeviceModel): never {
  const { alias: _alias, ...rest } = device;
  return rest as never;
}

function compiledOf(schema: AnySchema): Compiled {
  if (schema.kind !== 'element') throw new TypeError(`<${schema.name}> is not a plain element`);
  return schema.compiled;
}
