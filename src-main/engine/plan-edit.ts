/**
 * Edits of a machine: what would change and when, and then just that. The live part goes through the driver's own verbs;
 * what it can't change in a running guest waits for the next start.
 */
import { randomBytes } from 'node:crypto';
import type { EditPlan, PlannedChange } from '../../src-shared/contract/domains.ts';
import { VirError } from '../../src-shared/errors.ts';
import {
  type Devices,
  type Disk,
  type Domain,
  formatDomain,
  type Graphics,
  type Interface,
  parseDomain,
} from '../../src-shared/model/domain/index.ts';
import { type DeviceText, diffDomains, type DomainDifference } from '../../src-shared/model/domain-diff.ts';
import { diskSchema, interfaceSchema } from '../../src-shared/model/domain/index.ts';
import { parseXml } from '../../src-shared/xml/parse.ts';
import type { DomainSummary } from '../../src-shared/model/summary.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { lookForDevice, parseDevice, replaceDevice } from './device-edit.ts';
import { fromXmlError } from './domain-errors.ts';
import { type DomainApi, need } from './driver.ts';
import { inactiveCopy, withoutSecrets } from './live-parts.ts';

/** A change with what carries it out in a running guest; absent when it waits for the next start. */
interface Step {
  readonly change: PlannedChange;
  readonly live?: (domains: DomainApi, uuid: string) => Promise<void>;
  /** The device it plugs in. */
  readonly plugs?: string;
}

/** What an edit would do, without doing it. */
export async function planEdit(domains: DomainApi, uuid: string, xml: string): Promise<EditPlan> {
  const { steps, after } = await prepare(domains, uuid, xml);
  return { changes: steps.map((step) => step.change), xml: formatDomain(withoutSecrets(after)) };
}

/**
 * Does what `planEdit` shows. The definition is stored only when every live change was taken, so that a failure leaves
 * it as it was; the error says which live changes had been made by then.
 */
export async function applyEdit(domains: DomainApi, uuid: string, xml: string, author: string): Promise<EditPlan> {
  const { steps, after } = await prepare(domains, uuid, xml);
  const done: string[] = [];
  const plugged: string[] = [];
  try {
    for (const { live, change, plugs } of steps) {
      if (live === undefined) continue;
      await live(domains, uuid);
      done.push(change.path);
      if (plugs !== undefined) plugged.push(plugs);
    }
    const definition = plugged.length === 0 ? after : withPlaces(after, parseDomain(await domains.xml(uuid)), plugged);
    await need(domains, 'define')(formatDomain(definition), { author });
  } catch (error) {
    if (!(error instanceof VirError) || done.length === 0) throw error;
    const already = `Already changed in the running machine: ${done.join(', ')}. Its definition is as it was.`;
    throw new VirError(
      { ...error.data, cause: [error.data.cause, already].filter(Boolean).join(' ') },
      { cause: error },
    );
  }
  return { changes: steps.map((step) => step.change), xml: await domains.xml(uuid, { inactive: true }) };
}

async function prepare(domains: DomainApi, uuid: string, xml: string): Promise<{ steps: Step[]; after: Domain }> {
  const summary = await domains.lookupByUuid(uuid);
  const stored = parseDomain(await domains.xml(uuid, { inactive: true, secure: true }));
  const after = keepSecrets(readEdit(xml, summary), stored);
  const running =
    summary.id === undefined ? undefined : inactiveCopy(parseDomain(await domains.xml(uuid, { secure: true })));
  // What the running machine lacks of the edit: a difference that was waiting already needs no live change, or another.
  const missing = running === undefined ? [] : diffDomains(running, after);
  const steps = diffDomains(stored, after).map((difference) => {
    const change = describe(difference, 'next-boot');
    if (running === undefined) return { change: { ...change, when: 'now' } } satisfies Step;
    const needed = missing.find((other) => change.path === describe(other, 'now').path);
    const live = needed === undefined ? undefined : liveStep(domains, needed, running);
    const when = needed === undefined || live !== undefined ? 'now' : 'next-boot';
    const plugs = live !== undefined && difference.type === 'device-added' ? { plugs: difference.device.xml } : {};
    return { change: { ...change, when }, ...(live === undefined ? {} : { live }), ...plugs } satisfies Step;
  });
  return { steps, after };
}

function readEdit(xml: string, { name, uuid }: DomainSummary): Domain {
  let edited: Domain;
  try {
    edited = inactiveCopy(parseDomain(xml));
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
  const refuse = (what: string, fix: Sentence): VirError =>
    new VirError({
      code: 'operation-invalid',
      domain: 'none',
      message: say`The ${what} of '${name}' can't be changed by an edit.`,
      fix,
    });
  if (edited.uuid !== undefined && edited.uuid !== uuid) throw refuse('UUID', say`Clone the machine instead.`);
  if (edited.name !== name) throw refuse('name', say`Rename the machine instead.`);
  return { ...edited, uuid, ...(edited.devices === undefined ? {} : { devices: withMacs(edited.devices) }) };
}

/** A card without an address would get one now and another at its next start. */
function withMacs(devices: Devices): Devices {
  const mac = (): string => ['52:54:00', ...(randomBytes(3).toString('hex').match(/../g) ?? [])].join(':');
  const card = (each: Interface): Interface =>
    each.mac?.address === undefined ? { ...each, mac: { ...each.mac, address: mac() } } : each;
  return { ...devices, interface: devices.interface.map(card) };
}

/** A device that was plugged in is at its next start where it is now. */
function withPlaces(definition: Domain, running: Domain, plugged: readonly string[]): Domain {
  return plugged.reduce((domain, xml) => {
    const added = parseDevice(xml);
    const address = lookForDevice(running, added)?.address;
    if (address === undefined || added.device.address !== undefined) return domain;
    return replaceDevice(domain, { ...added, device: { ...added.device, address } });
  }, definition);
}

/**
 * Editors show XML without passwords; what is not shown must not be lost by storing it. A password is taken away by
 * giving an empty one.
 */
function keepSecrets(edited: Domain, stored: Domain): Domain {
  const { devices } = edited;
  if (devices === undefined) return edited;
  const graphics = devices.graphics.map((display) => {
    if (!('passwd' in display || acceptsPassword(display))) return display;
    const given = 'passwd' in display ? display.passwd : undefined;
    if (given === '') {
      const { passwd: _, ...rest } = display as { passwd?: string };
      return rest as Graphics;
    }
    const old = stored.devices?.graphics.find((other) => other.type === display.type);
    const passwd = given ?? (old !== undefined && 'passwd' in old ? old.passwd : undefined);
    return passwd === undefined ? display : ({ ...display, passwd } as Graphics);
  });
  const disk = devices.disk.map((each) => {
    if (each.type !== 'network' || each.source === undefined || each.source.cookies !== undefined) return each;
    const old = stored.devices?.disk.find((other) => other.target.dev === each.target.dev);
    const cookies = old?.type === 'network' ? old.source?.cookies : undefined;
    return cookies === undefined ? each : { ...each, source: { ...each.source, cookies } };
  });
  return { ...edited, devices: { ...devices, graphics, disk } };
}

const acceptsPassword = (display: Graphics): boolean =>
  display.type === 'vnc' || display.type === 'spice' || display.type === 'rdp';

/** How a running guest takes a difference; undefined when it can't. */
function liveStep(domains: DomainApi, difference: DomainDifference, running: Domain): Step['live'] {
  switch (difference.type) {
    case 'device-added':
      if (domains.attachDevice === undefined || !canPlug(difference.device)) return undefined;
      return (api, uuid) => need(api, 'attachDevice')(uuid, difference.device.xml, { live: true });
    case 'device-removed':
      if (domains.detachDevice === undefined || !canPlug(difference.device)) return undefined;
      return (api, uuid) => need(api, 'detachDevice')(uuid, difference.device.xml, { live: true });
    case 'device-changed':
      if (domains.updateDevice === undefined || !canUpdate(difference.before, difference.after)) return undefined;
      return (api, uuid) => need(api, 'updateDevice')(uuid, difference.after.xml, { live: true });
    case 'section':
      return liveSection(domains, difference, running);
  }
}

function liveSection(
  domains: DomainApi,
  { section, after }: Extract<DomainDifference, { type: 'section' }>,
  running: Domain,
): Step['live'] {
  switch (section) {
    case 'title':
    case 'description':
      if (domains.setMetadata === undefined) return undefined;
      return (api, uuid) => need(api, 'setMetadata')(uuid, { type: section }, after, { live: true });
    case 'currentMemory': {
      const kiB = Number(/>(\d+)</.exec(after ?? '')?.[1]);
      const most = running.memory?.KiB ?? 0;
      if (domains.setMemory === undefined || !(kiB > 0 && kiB <= most)) return undefined;
      return (api, uuid) => need(api, 'setMemory')(uuid, kiB, { live: true });
    }
    case 'vcpu': {
      const wanted = /current='(\d+)'/.exec(after ?? '')?.[1] ?? />(\d+)</.exec(after ?? '')?.[1];
      const most = running.vcpu?.value ?? 1;
      const maximum = Number(/>(\d+)</.exec(after ?? '')?.[1]);
      if (domains.setVcpus === undefined || maximum !== most || Number(wanted) > most) return undefined;
      return (api, uuid) => need(api, 'setVcpus')(uuid, Number(wanted), { live: true });
    }
    default:
      return undefined;
  }
}

/** Whether a device of this kind can come and go while a guest runs. */
function canPlug({ kind, xml }: DeviceText): boolean {
  switch (kind) {
    case 'disk': {
      const disk: Disk = parseXml(diskSchema, xml);
      const bus = disk.target?.bus;
      return (
        disk.device !== 'floppy' && disk.device !== 'cdrom' && (bus === 'virtio' || bus === 'scsi' || bus === 'usb')
      );
    }
    case 'interface':
    case 'hostdev':
    case 'redirdev':
    case 'rng':
    case 'channel':
      return true;
    case 'input':
      return /bus='(?:usb|virtio)'/.test(xml);
    default:
      return false;
  }
}

/** Whether the change is one that a running guest takes without the device being replaced. */
function canUpdate(before: DeviceText, after: DeviceText): boolean {
  if (before.kind === 'disk') {
    const [a, b] = [parseXml(diskSchema, before.xml), parseXml(diskSchema, after.xml)] as [Disk, Disk];
    if (a.device !== 'cdrom' && a.device !== 'floppy') return false;
    return equalBut(a, b, ['source', 'type', 'backingStore', 'startupPolicy']);
  }
  if (before.kind === 'interface') {
    const [a, b] = [parseXml(interfaceSchema, before.xml), parseXml(interfaceSchema, after.xml)] as [
      Interface,
      Interface,
    ];
    // passt takes its forwards when it starts.
    const isPasst = a.type === 'user' && a.backend?.type === 'passt';
    // A cable that ends at a bridge is moved to another, or limited otherwise, while the guest goes on.
    const isMoved = [a, b].every(({ type }) => type === 'network' || type === 'bridge');
    return equalBut(
      a,
      b,
      isPasst
        ? ['link']
        : ['link', 'portForward', ...(isMoved ? ['source', 'type', 'bandwidth', 'filterref', 'port'] : [])],
    );
  }
  return false;
}

function equalBut(a: object, b: object, keys: readonly string[]): boolean {
  const rest = (value: object): string =>
    JSON.stringify(
      Object.entries(value)
        .filter(([key, part]) => part !== undefined && !keys.includes(key))
        .sort(),
    );
  return rest(a) === rest(b);
}

function describe(difference: DomainDifference, when: PlannedChange['when']): PlannedChange {
  switch (difference.type) {
    case 'device-added':
      return {
        ...device(difference.device, when),
        kind: 'added',
        label: 'change.device.added',
        after: shown(difference.device),
      };
    case 'device-removed':
      return {
        ...device(difference.device, when),
        kind: 'removed',
        label: 'change.device.removed',
        before: shown(difference.device),
      };
    case 'device-changed':
      return {
        ...device(difference.after, when),
        kind: 'changed',
        label: 'change.device.changed',
        before: shown(difference.before),
        after: shown(difference.after),
      };
    case 'section': {
      const { section, before, after } = difference;
      return {
        path: `/domain/${section}`,
        kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
        label: 'change.section',
        values: { section },
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        when,
      };
    }
  }
}

/** A password that changes is told to change, not what it is. */
const shown = ({ xml }: DeviceText): string => xml.replace(/ passwd='[^']*'/g, " passwd='…'");

function device(
  { kind, name }: DeviceText,
  when: PlannedChange['when'],
): Pick<PlannedChange, 'path' | 'values' | 'when'> {
  return { path: `/domain/devices/${kind}${name === '' ? '' : `[${name}]`}`, values: { device: kind, name }, when };
}
