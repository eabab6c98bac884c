/** Commands that tell about machines. */
import { type Command, operandOf, report, valueOf } from '../command.ts';
import { field, table } from '../output.ts';
import { usageError } from '../parse.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';

const domainOperand = { name: 'domain', kind: 'domain' } as const;

/** The words `virsh` shows for states. */
const stateWords: Readonly<Record<DomainSummary['state'], string>> = {
  nostate: 'no state',
  running: 'running',
  blocked: 'idle',
  paused: 'paused',
  shutdown: 'in shutdown',
  shutoff: 'shut off',
  crashed: 'crashed',
  pmsuspended: 'pmsuspended',
};

/** Running first by id, then the others by name. */
const order = (a: DomainSummary, b: DomainSummary): number => {
  if (a.id !== undefined && b.id !== undefined) return a.id - b.id;
  if (a.id !== undefined) return -1;
  if (b.id !== undefined) return 1;
  return a.name < b.name ? -1 : 1;
};

/** A command that prints one fact of a domain's summary. */
function fact(name: string, summary: string, value: (domain: DomainSummary) => string): Command {
  return {
    name,
    group: 'Machines',
    summary,
    operands: [domainOperand],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      return report(session, `${value(domain)}\n`, { uuid: domain.uuid, value: value(domain) });
    },
  };
}

export const informationCommands: readonly Command[] = [
  {
    name: 'list',
    group: 'Machines',
    summary: 'list machines',
    options: [
      { name: 'all', help: 'those that do not run too' },
      { name: 'inactive', help: 'only those that do not run' },
      { name: 'persistent', help: 'only those that are defined' },
      { name: 'transient', help: 'only those that are not defined' },
      { name: 'autostart', help: 'only those that start with the engine' },
      { name: 'no-autostart', help: 'only those that do not' },
      { name: 'with-managed-save', help: 'only those that have a managed save image' },
      { name: 'without-managed-save', help: 'only those that have none' },
      { name: 'name', help: 'only the names' },
      { name: 'uuid', help: 'only the UUIDs' },
      { name: 'id', help: 'only the ids' },
      { name: 'title', help: 'the titles too' },
    ],
    needs: 'engine',
    async run(session, { options }) {
      const set = (name: string): boolean => options[name] === true;
      const all = await session.client.call('domains.list', { uri: session.uri });
      const domains = all
        .filter((domain) => {
          const active = domain.id !== undefined;
          if (set('inactive') && !set('all') && active) return false;
          if (!set('inactive') && !set('all') && !active) return false;
          if (set('persistent') && !domain.persistent) return false;
          if (set('transient') && domain.persistent) return false;
          if (set('autostart') && !domain.autostart) return false;
          if (set('no-autostart') && domain.autostart) return false;
          if (set('with-managed-save') && !domain.hasManagedSave) return false;
          if (set('without-managed-save') && domain.hasManagedSave) return false;
          return true;
        })
        .sort(order);
      if (session.json) return report(session, '', domains as unknown as Record<string, unknown>);
      if (set('name') || set('uuid') || set('id')) {
        for (const domain of domains) {
          const cells = [
            ...(set('id') ? [domain.id === undefined ? '-' : String(domain.id)] : []),
            ...(set('uuid') ? [domain.uuid] : []),
            ...(set('name') ? [domain.name] : []),
          ];
          session.print(`${cells.join(' ')}\n`);
        }
        session.print('\n');
        return 0;
      }
      const rows = domains.map((domain) => [
        domain.id === undefined ? '-' : String(domain.id),
        domain.name,
        domain.state === 'shutoff' && domain.hasManagedSave && set('managed-save') ? 'saved' : stateWords[domain.state],
        ...(set('title') ? [domain.title ?? ''] : []),
      ]);
      session.print(table(['Id', 'Name', 'State', ...(set('title') ? ['Title'] : [])], rows));
      return 0;
    },
  },
  {
    name: 'dumpxml',
    group: 'Machines',
    summary: 'print the XML of a machine',
    operands: [domainOperand],
    options: [
      { name: 'inactive', help: 'the definition of the next start, not of the running guest' },
      { name: 'security-info', help: 'with passwords' },
      { name: 'migratable', help: 'as another host would be given it' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const xml = await session.client.call('domains.xml', {
        uri: session.uri,
        uuid: domain.uuid,
        inactive: invocation.options['inactive'] === true,
        secure: invocation.options['security-info'] === true,
        migratable: invocation.options['migratable'] === true,
      });
      return report(session, xml, { uuid: domain.uuid, xml });
    },
  },
  {
    name: 'dominfo',
    group: 'Machines',
    summary: 'tell the basics of a machine',
    operands: [domainOperand],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const text = [
        field('Id', domain.id === undefined ? '-' : String(domain.id)),
        field('Name', domain.name),
        field('UUID', domain.uuid),
        field('OS Type', domain.osType),
        field('State', stateWords[domain.state]),
        field('CPU(s)', String(domain.vcpus)),
        field('Max memory', `${domain.maxMemoryKiB} KiB`),
        field('Used memory', `${domain.memoryKiB} KiB`),
        field('Persistent', domain.persistent ? 'yes' : 'no'),
        field('Autostart', domain.autostart ? 'enable' : 'disable'),
        field('Managed save', domain.hasManagedSave ? 'yes' : 'no'),
      ].join('');
      return report(session, text, { ...domain });
    },
  },
  {
    name: 'domstate',
    group: 'Machines',
    summary: 'tell the state of a machine',
    operands: [domainOperand],
    options: [{ name: 'reason', help: 'and why it is in it' }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const state = await session.client.call('domains.state', { uri: session.uri, uuid: domain.uuid });
      const reason = invocation.options['reason'] === true ? ` (${state.reason})` : '';
      return report(session, `${stateWords[state.state]}${reason}\n`, { uuid: domain.uuid, ...state });
    },
  },
  fact('domid', 'print the id of a machine', (domain) => (domain.id === undefined ? '-' : String(domain.id))),
  fact('domuuid', 'print the UUID of a machine', (domain) => domain.uuid),
  fact('domname', 'print the name of a machine', (domain) => domain.name),
  {
    name: 'domifaddr',
    group: 'Machines',
    summary: 'list the addresses of a guest',
    operands: [domainOperand],
    options: [{ name: 'source', value: 'SOURCE', help: 'agent, lease or arp', words: ['agent', 'lease', 'arp'] }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const source = valueOf(invocation, 'source') ?? 'agent';
      if (source !== 'agent' && source !== 'lease' && source !== 'arp')
        throw usageError(`Unknown data source '${source}'`);
      const interfaces = await session.client.call('domains.addresses', {
        uri: session.uri,
        uuid: domain.uuid,
        source,
      });
      if (session.json) return report(session, '', { interfaces });
      const rows = interfaces.flatMap((entry) =>
        entry.addresses.map((address, index) => [
          index === 0 ? entry.name : '-',
          index === 0 ? entry.mac : '-',
          address.family,
          `${address.address}/${address.prefix}`,
        ]),
      );
      session.print(table(['Name', 'MAC address', 'Protocol', 'Address'], rows));
      return 0;
    },
  },
  {
    name: 'domlog',
    group: 'Machines',
    summary: "print the hypervisor's log of a machine",
    operands: [domainOperand],
    options: [{ name: 'bytes', value: 'N', help: 'only the last N bytes' }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const bytes = valueOf(invocation, 'bytes');
      if (bytes !== undefined && !/^\d+$/.test(bytes)) throw usageError(`'${bytes}' is not a number of bytes`);
      const log = await session.client.call('domains.log', {
        uri: session.uri,
        uuid: domain.uuid,
        ...(bytes === undefined ? {} : { tailBytes: Number(bytes) }),
      });
      return report(session, log, { uuid: domain.uuid, log });
    },
  },
];
