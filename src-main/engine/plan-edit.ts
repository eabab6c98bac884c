/**
 * Edits of a machine: what would change and when, and then just that. The live part goes through the driver's own verbs;
 * what it can't change in a running guest waits for the next start.
 */
import type { EditPlan, PlannedChange } from '../../src-shared/contract/domains.ts';
import { VirError } from '../../src-shared/errors.ts';
import {
  type Disk,
  type Domain,
  formatDomain,
  type Interface,
  parseDomain,
} from '../../src-shared/model/domain/index.ts';
import { type DeviceText, diffDomains, type DomainDifference } from '../../src-shared/model/domain-diff.ts';
import { diskSchema, interfaceSchema } from '../../src-shared/model/domain/index.ts';
import { parseXml } from '../../src-shared/xml/parse.ts';
import { inactiveCopy } from './live-parts.ts';
import { type DomainApi, need } from './driver.ts';

/** A change with what carries it out in a running guest; absent when it waits for the next start. */
interface Step {
  readonly change: PlannedChange;
  readonly live?: (domains: DomainApi, uuid: string) => Promise<void>;
}

/** What an edit would do, without doing it. */
export async function planEdit(domains: DomainApi, uuid: string, xml: string): Promise<EditPlan> {
  const { steps, after } = await prepare(domains, uuid, xml);
  return { changes: steps.map((step) => step.change), xml: formatDomain(after) };
}

/**
 * Does what `planEdit` shows. The definition is stored only when every live change was taken, so that a failure leaves
 * it as it was; the error says which live changes had been made by then.
 */
export async function applyEdit(domains: DomainApi, uuid: string, xml: string, author: string): Promise<EditPlan> {
  const { steps, after } = await prepare(domains, uuid, xml);
  const done: string[] = [];
  for (const { live, change } of steps) {
    if (live === undefined) continue;
    try {
      await live(domains, uuid);
      done.push(change.path);
    } catch (error) {
      if (!(error instanceof VirError) || done.length === 0) throw error;
      const already = `Already changed in the running machine: ${done.join(', ')}.`;
      throw new VirError(
        { ...error.data, cause: [error.data.cause, already].filter(Boolean).join(' ') },
        { cause: error },
      );
    }
  }
  const text = formatDomain(after);
  await need(domains, 'define')(text, { author });
  return { changes: steps.map((step) => step.change), xml: await domains.xml(uuid, { inactive: true }) };
}

async function prepare(domains: DomainApi, uuid: string, xml: string): Promise<{ steps: Step[]; after: Domain }> {
  const summary = await domains.lookupByUuid(uuid);
  const after = parseDomain(xml);
  if (after.uuid !== undefined && after.uuid !== summary.uuid) {
    throw new VirError({
      code: 'operation-invalid',
      domain: 'none',
      message: `The UUID of '${summary.name}' can't be changed by an edit.`,
      fix: 'Clone the machine instead.',
    });
  }
  if (after.name !== summary.name) {
    throw new VirError({
      code: 'operation-invalid',
      domain: 'none',
      message: `The name of '${summary.name}' can't be changed by an edit.`,
      fix: 'Rename the machine instead.',
    });
  }
  const stored = parseDomain(await domains.xml(uuid, { inactive: true, secure: true }));
  const running =
    summary.id === undefined ? undefined : inactiveCopy(parseDomain(await domains.xml(uuid, { secure: true })));
  const steps = diffDomains(stored, inactiveCopy(after)).map((difference) => {
    const change = describe(difference, 'next-boot');
    const live = running === undefined ? undefined : liveStep(domains, difference, running);
    // A machine that is off has its whole change now; "next boot" only means something while it runs.
    const when = running === undefined || live !== undefined ? 'now' : 'next-boot';
    return { change: { ...change, when }, ...(live === undefined ? {} : { live }) } satisfies Step;
  });
  return { steps, after };
}

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
    return equalBut(a, b, ['link', 'portForward']);
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
        after: difference.device.xml,
      };
    case 'device-removed':
      return {
        ...device(difference.device, when),
        kind: 'removed',
        label: 'change.device.removed',
        before: difference.device.xml,
      };
    case 'device-changed':
      return {
        ...device(difference.after, when),
        kind: 'changed',
        label: 'change.device.changed',
        before: difference.before.xml,
        after: difference.after.xml,
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

function device(
  { kind, name }: DeviceText,
  when: PlannedChange['when'],
): Pick<PlannedChange, 'path' | 'values' | 'when'> {
  return { path: `/domain/devices/${kind}${name === '' ? '' : `[${name}]`}`, values: { device: kind, name }, when };
}
