/** Commands for virtual networks. */
import type { NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import { networkSections, type NetworkUpdateCommand } from '../../../src-shared/model/network-update.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { type Command, operandOf, report, type Session, valueOf } from '../command.ts';
import { field, table } from '../output.ts';
import { usageError } from '../parse.ts';
import { fromXmlFile, printXml, readXmlFile } from './xml-file.ts';

const networkOperand = { name: 'network', kind: 'network' } as const;
const portOperand = { name: 'port', kind: 'text' } as const;

/** A network by name or UUID. */
async function findNetwork(session: Session, text: string): Promise<NetworkSummary> {
  const networks = await session.client.call('networks.list', { uri: session.uri });
  const found = networks.find(({ name, uuid }) => name === text || uuid === text.toLowerCase());
  if (found !== undefined) return found;
  throw new VirError({ code: 'no-network', domain: 'network', message: `failed to get network '${text}'` });
}

/** A command that names one network. */
export function onNetwork(
  command: Pick<Command, 'name' | 'summary' | 'options' | 'operands' | 'description'>,
  run: (
    session: Session,
    network: NetworkSummary,
    invocation: Parameters<Extract<Command, { needs: 'engine' }>['run']>[1],
  ) => Promise<number>,
): Command {
  return {
    ...command,
    group: 'Networks',
    operands: [networkOperand, ...(command.operands ?? [])],
    needs: 'engine',
    async run(session, invocation) {
      return await run(session, await findNetwork(session, operandOf(invocation, 'network')), invocation);
    },
  };
}

const identity = ({ uuid, name }: NetworkSummary): { uuid: string; name: string } => ({ uuid, name });
const place = (session: Session, { uuid }: NetworkSummary): { uri: string; uuid: string } => ({
  uri: session.uri,
  uuid,
});
const yes = (value: boolean): string => (value ? 'yes' : 'no');

const updateCommands: Readonly<Record<string, NetworkUpdateCommand>> = {
  add: 'add-last',
  'add-last': 'add-last',
  'add-first': 'add-first',
  modify: 'modify',
  delete: 'delete',
};

const pad = (value: number): string => String(value).padStart(2, '0');

/** `2026-05-01 09:30:00`, of this place. */
function localTime(timeMs: number): string {
  const date = new Date(timeMs);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(pad).join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')}`;
}

export const networkCommands: readonly Command[] = [
  {
    name: 'net-list',
    group: 'Networks',
    summary: 'list networks',
    options: [
      { name: 'all', help: 'inactive ones too' },
      { name: 'inactive', help: 'only inactive ones' },
      { name: 'persistent', help: 'only those that are defined' },
      { name: 'transient', help: 'only those that end when they stop' },
      { name: 'autostart', help: 'only those that start by themselves' },
      { name: 'no-autostart', help: 'only those that do not' },
      { name: 'name', help: 'only the names' },
      { name: 'uuid', help: 'only the UUIDs' },
    ],
    needs: 'engine',
    async run(session, { options }) {
      const has = (name: string): boolean => options[name] === true;
      const either = (on: string, off: string, value: boolean): boolean =>
        has(on) === has(off) || (has(on) ? value : !value);
      const all = await session.client.call('networks.list', { uri: session.uri });
      const networks = all
        .filter(({ active }) => has('all') || active !== has('inactive'))
        .filter(({ persistent }) => either('persistent', 'transient', persistent))
        .filter(({ autostart }) => either('autostart', 'no-autostart', autostart))
        .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
      if (session.json) return report(session, '', { networks });
      if (has('name') || has('uuid')) {
        session.print(networks.map(({ name, uuid }) => `${has('uuid') ? uuid : name}\n`).join(''));
        session.print('\n');
        return 0;
      }
      const rows = networks.map(({ name, active, autostart, persistent }) => [
        name,
        active ? 'active' : 'inactive',
        yes(autostart),
        yes(persistent),
      ]);
      session.print(table(['Name', 'State', 'Autostart', 'Persistent'], rows));
      return 0;
    },
  },
  onNetwork({ name: 'net-info', summary: 'tell the basics of a network' }, async (session, network) => {
    // Where firewalld runs: into which of its zones the bridge goes, and why.
    const zone = await session.client.call('networks.zone', place(session, network));
    const text = [
      field('Name', network.name),
      field('UUID', network.uuid),
      field('Active', yes(network.active)),
      field('Persistent', yes(network.persistent)),
      field('Autostart', yes(network.autostart)),
      ...(network.bridge === undefined ? [] : [field('Bridge', network.bridge)]),
      ...(zone === undefined ? [] : [field('Zone', zone.current ?? '-'), field('Zone because', zone.finding.message)]),
    ].join('');
    return report(session, text, { ...network, ...(zone === undefined ? {} : { zone }) });
  }),
  onNetwork(
    {
      name: 'net-dumpxml',
      summary: 'print the XML of a network',
      options: [{ name: 'inactive', help: 'as it is stored' }],
    },
    async (session, network, { options }) => {
      const inactive = options['inactive'] === true;
      const xml = await session.client.call('networks.xml', { ...place(session, network), inactive });
      return printXml(session, xml, { uuid: network.uuid });
    },
  ),
  fromXmlFile({
    name: 'net-define',
    group: 'Networks',
    summary: 'define (but do not start) a network from an XML file, or change one',
    make: (session, xml) => session.client.call('networks.define', { uri: session.uri, xml, author: 'vivarium' }),
    done: ({ name }, file) => `Network ${name} defined from ${file}`,
  }),
  fromXmlFile({
    name: 'net-create',
    group: 'Networks',
    summary: 'start a network from an XML file; it is forgotten when it stops',
    make: (session, xml) => session.client.call('networks.create-xml', { uri: session.uri, xml }),
    done: ({ name }, file) => `Network ${name} created from ${file}`,
  }),
  onNetwork(
    {
      name: 'net-plan',
      summary: 'show what starting a network would change on this host',
      description: 'Nothing is changed. Each line is a step; stopping the network undoes them in the opposite order.',
    },
    async (session, network) => {
      const plan = await session.client.call('networks.plan', place(session, network));
      if (session.json) return report(session, '', { ...plan });
      const findings = plan.findings.map(
        ({ severity, message, fix }) => `${severity}: ${message}${fix === undefined ? '' : ` ${fix}`}\n`,
      );
      const steps = plan.steps.map(({ sentence }, place_) => `${String(place_ + 1).padStart(2)}. ${sentence}\n`);
      session.print([...findings, ...steps].join(''));
      return plan.findings.some(({ severity }) => severity === 'error') ? 1 : 0;
    },
  ),
  onNetwork({ name: 'net-start', summary: 'start a network that is defined' }, async (session, network) => {
    await session.client.call('networks.start', place(session, network));
    return report(session, `Network ${network.name} started\n`, identity(network));
  }),
  onNetwork(
    { name: 'net-destroy', summary: 'stop a network and undo what it changed on the host' },
    async (session, network) => {
      await session.client.call('networks.destroy', place(session, network));
      return report(session, `Network ${network.name} destroyed\n`, identity(network));
    },
  ),
  onNetwork({ name: 'net-undefine', summary: "remove a network's definition" }, async (session, network) => {
    await session.client.call('networks.undefine', place(session, network));
    return report(session, `Network ${network.name} has been undefined\n`, identity(network));
  }),
  onNetwork(
    {
      name: 'net-autostart',
      summary: 'start a network whenever the engine starts',
      options: [{ name: 'disable', help: 'do not' }],
    },
    async (session, network, { options }) => {
      const autostart = options['disable'] !== true;
      await session.client.call('networks.set-autostart', { ...place(session, network), autostart });
      const word = autostart ? 'marked' : 'unmarked';
      return report(session, `Network ${network.name} ${word} as autostarted\n`, { ...identity(network), autostart });
    },
  ),
  onNetwork(
    {
      name: 'net-update',
      summary: 'change one entry of a network, running or not',
      operands: [
        { name: 'command', kind: 'text' },
        { name: 'section', kind: 'text' },
        { name: 'xml', kind: 'file' },
      ],
      options: [
        { name: 'parent-index', value: 'N', help: 'which <ip> of the network an address belongs to' },
        { name: 'live', help: 'the running network' },
        { name: 'config', help: 'the stored network' },
        { name: 'current', help: 'the running network if it runs, else the stored one' },
      ],
    },
    async (session, network, invocation) => {
      const commandWord = operandOf(invocation, 'command');
      const command = updateCommands[commandWord];
      if (command === undefined) throw usageError(`unrecognized command name '${commandWord}'`);
      const sectionWord = operandOf(invocation, 'section');
      const section = networkSections.find((name) => name === sectionWord);
      if (section === undefined) throw usageError(`unrecognized section name '${sectionWord}'`);
      const given = operandOf(invocation, 'xml');
      const index = valueOf(invocation, 'parent-index');
      if (index !== undefined && !/^-?\d+$/.test(index)) throw usageError(`'${index}' is not an index`);
      const live = invocation.options['live'] === true;
      const config = invocation.options['config'] === true;
      await session.client.call('networks.update', {
        ...place(session, network),
        ...{ command, section },
        xml: given.startsWith('<') ? given : await readXmlFile(given),
        ...(index === undefined ? {} : { parentIndex: Number(index) }),
        ...(live || config ? { live, config } : {}),
      });
      const changed = [
        ...(config || (!live && !network.active) ? ['persistent config'] : []),
        ...(live || (!config && network.active) ? ['live state'] : []),
      ];
      return report(session, `Updated network ${network.name} ${changed.join(' and ')}`, identity(network));
    },
  ),
  onNetwork(
    {
      name: 'net-dhcp-leases',
      summary: 'list the addresses that guests have been given',
      operands: [{ name: 'mac', kind: 'text', optional: true }],
    },
    async (session, network, invocation) => {
      const mac = operandOf(invocation, 'mac');
      const leases = await session.client.call('networks.leases', {
        ...place(session, network),
        ...(mac === '' ? {} : { mac }),
      });
      if (session.json) return report(session, '', { leases });
      const rows = leases
        .toSorted((a, b) => ((a.mac ?? '') < (b.mac ?? '') ? -1 : 1))
        .map(({ expiresMs, mac: of, family, address, prefix, hostname, clientId }) => [
          expiresMs === undefined ? '-' : localTime(expiresMs),
          of ?? '-',
          family,
          `${address}/${prefix}`,
          hostname ?? '-',
          clientId ?? '-',
        ]);
      const header = ['Expiry Time', 'MAC address', 'Protocol', 'IP address', 'Hostname', 'Client ID or DUID'];
      session.print(table(header, rows));
      return 0;
    },
  ),
  onNetwork(
    { name: 'net-port-list', summary: 'list the machines that are plugged into a network' },
    async (session, network) => {
      const ports = await session.client.call('networks.ports', place(session, network));
      if (session.json) return report(session, '', { ports });
      session.print(
        table(
          ['UUID'],
          ports.map(({ uuid }) => [uuid]),
        ),
      );
      return 0;
    },
  ),
  onNetwork(
    { name: 'net-port-dumpxml', summary: 'print the XML of a network port', operands: [portOperand] },
    async (session, network, invocation) => {
      const port = operandOf(invocation, 'port');
      const xml = await session.client.call('networks.port-xml', { ...place(session, network), port });
      return report(session, xml, { xml });
    },
  ),
  onNetwork(
    { name: 'net-port-delete', summary: 'remove a network port', operands: [portOperand] },
    async (session, network, invocation) => {
      const port = operandOf(invocation, 'port');
      await session.client.call('networks.delete-port', { ...place(session, network), port });
      return report(session, `Network port ${port} deleted\n\n`, { port });
    },
  ),
  onNetwork(
    { name: 'net-name', summary: "tell a network's name" },
    async (session, network) => await Promise.resolve(report(session, `${network.name}\n`, identity(network))),
  ),
  onNetwork(
    { name: 'net-uuid', summary: "tell a network's UUID" },
    async (session, network) => await Promise.resolve(report(session, `${network.uuid}\n`, identity(network))),
  ),
];
