/** Commands for snapshots of machines, with the names and the columns of `virsh`. */
import { formatSnapshot, parseSnapshot, type Snapshot, snapshotLocations } from '../../../src-shared/model/snapshot.ts';
import { snapshotForest, type SnapshotNode, type SnapshotSummary } from '../../../src-shared/model/snapshot-summary.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { type Command, type Invocation, type Option, operandOf, report, type Session, valueOf } from '../command.ts';
import { runJob } from '../jobs.ts';
import { field, table } from '../output.ts';
import { readXmlFile } from './lifecycle.ts';

const domainOperand = { name: 'domain', kind: 'domain' } as const;
const snapshotOperand = { name: 'snapshot', kind: 'text' } as const;
const group = 'Machines';

const createOptions: readonly Option[] = [
  { name: 'disk-only', help: 'what is on the disks only, in new files; the machine goes on' },
  { name: 'halt', help: 'stop the machine once it is taken' },
  { name: 'atomic', help: 'all disks or none, which is always so here' },
  { name: 'reuse-external', help: 'use new images that exist already' },
  { name: 'quiesce', help: "let the guest's agent bring its file systems to rest meanwhile" },
  { name: 'no-metadata', help: 'keep nothing about it; only the images have it' },
];

const optionNames: Readonly<Record<string, string>> = {
  'disk-only': 'diskOnly',
  'no-metadata': 'noMetadata',
  'reuse-external': 'reuseExternal',
};

/** The flags that were given, by the names the contract has for them. */
const flagsOf = ({ options }: Invocation, ...names: readonly string[]): Readonly<Partial<Record<string, true>>> =>
  Object.fromEntries(names.filter((name) => options[name] === true).map((name) => [optionNames[name] ?? name, true]));

const createFlags = ['disk-only', 'halt', 'atomic', 'reuse-external', 'quiesce', 'no-metadata'];

interface Place {
  readonly uri: string;
  readonly uuid: string;
}
const placeOf = (session: Session, { uuid }: DomainSummary): Place => ({ uri: session.uri, uuid });

async function listOf(session: Session, domain: DomainSummary): Promise<readonly SnapshotSummary[]> {
  return await session.client.call('snapshots.list', placeOf(session, domain));
}

const missing = (message: string): VirError =>
  new VirError({ code: 'no-domain-snapshot', domain: 'domain-snapshot', message });

/** The one that is named, or the one the machine is at. */
async function chosen(session: Session, domain: DomainSummary, invocation: Invocation): Promise<SnapshotSummary> {
  const all = await listOf(session, domain);
  const name = invocation.operands['snapshot'];
  if (name === undefined) {
    const current = all.find(({ isCurrent }) => isCurrent);
    if (current === undefined) throw missing('the domain does not have a current snapshot');
    return current;
  }
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw missing(`no domain snapshot with matching name '${name}'`);
  return found;
}

async function create(
  session: Session,
  domain: DomainSummary,
  xml: string,
  flags: Readonly<Partial<Record<string, true>>>,
): Promise<string> {
  const before = new Set((await listOf(session, domain)).map(({ name }) => name));
  await runJob(
    session,
    async () => await session.client.call('snapshots.create', { ...placeOf(session, domain), xml, ...flags }),
  );
  const named = parseSnapshot(xml).name;
  if (named !== undefined) return named;
  return (await listOf(session, domain)).find(({ name }) => !before.has(name))?.name ?? '';
}

/** `vda,snapshot=external,file=/x` */
function readDiskSpec(text: string): NonNullable<Snapshot['disks']>['disk'][number] {
  const [name = '', ...rest] = text.split(',');
  const wrong = (word: string): VirError =>
    new VirError({ code: 'invalid-arg', domain: 'none', message: `'${word}' in '${text}' is not understood.` });
  let disk: NonNullable<Snapshot['disks']>['disk'][number] = { name };
  for (const word of rest) {
    const [key, value = ''] = word.split('=', 2);
    const location = snapshotLocations.find((each) => each === value);
    if (key === 'snapshot' && location !== undefined) disk = { ...disk, snapshot: location };
    else if (key === 'file') {
      const said = `<domainsnapshot><disks><disk name='x'><source file='${value}'/></disk></disks></domainsnapshot>`;
      const { source } = parseSnapshot(said).disks?.disk[0] ?? {};
      disk = { ...disk, ...(source === undefined ? {} : { source }) };
    } else throw wrong(word);
  }
  return disk;
}

/** Trees as `virsh` draws them, with its empty line behind the last of each (`vshTreePrintInternal`). */
function drawTree(nodes: readonly SnapshotNode<SnapshotSummary>[]): string {
  const draw = (node: SnapshotNode<SnapshotSummary>, indent: string, isRoot: boolean, isLast: boolean): string => {
    const { snapshot, children } = node;
    const inner = isRoot ? indent : `${indent}${isLast ? ' ' : '|'} `;
    const own = `${indent}${isRoot ? '' : '+- '}${snapshot.name}\n`;
    if (children.length === 0) return isLast ? `${own}${inner}\n` : own;
    const below = children.map((child, index) => draw(child, `${inner}  `, false, index === children.length - 1));
    return `${own}${inner}  |\n${below.join('')}`;
  };
  return nodes.map((node) => draw(node, '', true, true)).join('');
}

/** `2026-11-24 19:51:45 +0000` */
function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => String(Math.abs(value)).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(offset / 60))}${two(offset % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

export const snapshotCommands: readonly Command[] = [
  {
    name: 'snapshot-create-as',
    group,
    summary: 'take a snapshot of a machine',
    description:
      'A machine that runs is taken with its memory, one that is off without; both inside its qcow2 images. With ' +
      '--disk-only its disks go on in new files, and the images they had stay as they are.',
    operands: [
      domainOperand,
      { name: 'name', kind: 'text', optional: true },
      { name: 'description', kind: 'text', optional: true },
    ],
    options: [
      ...createOptions,
      { name: 'diskspec', value: 'DISK[,snapshot=WHERE][,file=PATH]', help: 'where one disk goes' },
      { name: 'print-xml', help: 'only print the XML it would be taken by' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const { name, description } = invocation.operands;
      const disk = valueOf(invocation, 'diskspec');
      const xml = formatSnapshot({
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(disk === undefined ? {} : { disks: { disk: [readDiskSpec(disk)] } }),
      });
      if (invocation.options['print-xml'] === true) return report(session, `${xml.trimEnd()}\n\n`, { xml });
      const taken = await create(session, domain, xml, flagsOf(invocation, ...createFlags));
      return report(session, `Domain snapshot ${taken} created`, { uuid: domain.uuid, snapshot: taken });
    },
  },
  {
    name: 'snapshot-create',
    group,
    summary: 'take a snapshot as an XML file describes it, or describe one again',
    operands: [domainOperand, { name: 'file', kind: 'file', optional: true }],
    options: [
      ...createOptions,
      { name: 'redefine', help: 'write down what is said of a snapshot; nothing is taken' },
      { name: 'current', help: 'with --redefine: the machine counts as being at it' },
      { name: 'validate', help: 'check the XML against the schema' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const { file } = invocation.operands;
      const xml = file === undefined ? '<domainsnapshot/>' : await readXmlFile(file);
      const flags = flagsOf(invocation, ...createFlags, 'redefine', 'current', 'validate');
      const taken = await create(session, domain, xml, flags);
      const from = file === undefined ? '' : ` from '${file}'`;
      return report(session, `Domain snapshot ${taken} created${from}`, { uuid: domain.uuid, snapshot: taken });
    },
  },
  {
    name: 'snapshot-list',
    group,
    summary: 'list the snapshots of a machine',
    operands: [domainOperand],
    options: [
      { name: 'parent', help: 'show parents too' },
      { name: 'tree', help: 'draw who was taken after whom' },
      { name: 'roots', help: 'only those without a parent' },
      { name: 'leaves', help: 'only those without children' },
      { name: 'name', help: 'only names' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const { options } = invocation;
      const all = await listOf(session, domain);
      if (options['tree'] === true && !session.json) {
        session.print(`${drawTree(snapshotForest(byName(all)))}\n`);
        return 0;
      }
      const parents = new Set(all.map(({ parent }) => parent));
      const shown = byName(all).filter(
        ({ name, parent }) =>
          (options['roots'] !== true || parent === undefined) && (options['leaves'] !== true || !parents.has(name)),
      );
      if (session.json) return report(session, '', { snapshots: shown });
      if (options['name'] === true) {
        session.print(`${shown.map(({ name }) => `${name}\n`).join('')}\n`);
        return 0;
      }
      const withParent = options['parent'] === true;
      session.print(
        table(
          ['Name', 'Creation Time', 'State', ...(withParent ? ['Parent'] : [])],
          shown.map(({ name, createdSeconds, state, parent }) => [
            ...[name, timeOf(createdSeconds), state],
            ...(withParent ? [parent ?? ''] : []),
          ]),
        ),
      );
      return 0;
    },
  },
  {
    name: 'snapshot-info',
    group,
    summary: 'tell about a snapshot, or the one a machine is at',
    operands: [domainOperand, { ...snapshotOperand, optional: true }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const found = await chosen(session, domain, invocation);
      if (session.json) return report(session, '', { ...found });
      const all = await listOf(session, domain);
      const below = (name: string): number =>
        all.filter(({ parent }) => parent === name).reduce((count, child) => count + 1 + below(child.name), 0);
      const line = (label: string, value: string): string => field(label, value);
      session.print(
        [
          line('Name', found.name),
          line('Domain', domain.name),
          line('Current', yesNo(found.isCurrent)),
          line('State', found.state),
          line('Location', found.location),
          line('Parent', found.parent ?? '-'),
          line('Children', String(all.filter(({ parent }) => parent === found.name).length)),
          line('Descendants', String(below(found.name))),
          line('Metadata', 'yes'),
          '\n',
        ].join(''),
      );
      return 0;
    },
  },
  {
    name: 'snapshot-dumpxml',
    group,
    summary: 'print the XML of a snapshot',
    operands: [domainOperand, snapshotOperand],
    options: [{ name: 'security-info', help: 'passwords too' }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const name = operandOf(invocation, 'snapshot');
      const secure = invocation.options['security-info'] === true;
      const xml = await session.client.call('snapshots.xml', { ...placeOf(session, domain), name, secure });
      return report(session, `${xml.trimEnd()}\n`, { uuid: domain.uuid, xml });
    },
  },
  {
    name: 'snapshot-current',
    group,
    summary: 'tell which snapshot a machine is at, or say so',
    operands: [domainOperand, { ...snapshotOperand, optional: true }],
    options: [{ name: 'name', help: 'only its name' }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const { name } = await chosen(session, domain, invocation);
      const place = placeOf(session, domain);
      if (invocation.operands['snapshot'] !== undefined) {
        await session.client.call('snapshots.set-current', { ...place, name });
        return report(session, `Snapshot ${name} set as current`, { uuid: domain.uuid, snapshot: name });
      }
      if (invocation.options['name'] === true) return report(session, name, { uuid: domain.uuid, snapshot: name });
      const xml = await session.client.call('snapshots.xml', { ...place, name });
      return report(session, `${xml.trimEnd()}\n`, { uuid: domain.uuid, xml });
    },
  },
  {
    name: 'snapshot-parent',
    group,
    summary: 'tell after which snapshot one was taken',
    operands: [domainOperand, { ...snapshotOperand, optional: true }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const { name, parent } = await chosen(session, domain, invocation);
      if (parent === undefined) throw missing(`snapshot '${name}' does not have a parent`);
      return report(session, parent, { uuid: domain.uuid, snapshot: name, parent });
    },
  },
  {
    name: 'snapshot-revert',
    group,
    summary: 'bring a machine back to a snapshot; what happened since is lost',
    operands: [domainOperand, { ...snapshotOperand, optional: true }],
    options: [
      { name: 'running', help: 'it runs afterwards' },
      { name: 'paused', help: 'it stands still afterwards' },
      { name: 'force', help: 'also when that is risky' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const { name } = await chosen(session, domain, invocation);
      const flags = flagsOf(invocation, 'running', 'paused', 'force');
      await runJob(
        session,
        async () => await session.client.call('snapshots.revert', { ...placeOf(session, domain), name, ...flags }),
      );
      return report(session, `Domain snapshot ${name} reverted`, { uuid: domain.uuid, snapshot: name });
    },
  },
  {
    name: 'snapshot-delete',
    group,
    summary: 'delete a snapshot; the machine stays as it is',
    operands: [domainOperand, { ...snapshotOperand, optional: true }],
    options: [
      { name: 'children', help: 'and all that were taken after it' },
      { name: 'children-only', help: 'only those that were taken after it' },
      { name: 'metadata', help: 'only what is known of it; the images stay as they are' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const { name } = await chosen(session, domain, invocation);
      const { options } = invocation;
      await runJob(
        session,
        async () =>
          await session.client.call('snapshots.delete', {
            ...placeOf(session, domain),
            name,
            ...(options['children'] === true ? { children: true } : {}),
            ...(options['children-only'] === true ? { childrenOnly: true } : {}),
            ...(options['metadata'] === true ? { metadataOnly: true } : {}),
          }),
      );
      const only = options['children-only'] === true ? ' children' : '';
      return report(session, `Domain snapshot ${name}${only} deleted`, { uuid: domain.uuid, snapshot: name });
    },
  },
];

const byName = (snapshots: readonly SnapshotSummary[]): readonly SnapshotSummary[] =>
  snapshots.toSorted((a, b) => (a.name < b.name ? -1 : 1));
