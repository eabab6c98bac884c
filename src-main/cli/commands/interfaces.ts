/** Commands for network interfaces of the host. */
import { VirError } from '../../../src-shared/errors.ts';
import type { InterfacePlan, InterfaceSummary, PendingChange } from '../../../src-shared/model/interface-summary.ts';
import { type Command, type Invocation, operandOf, report, type Session, valueOf } from '../command.ts';
import { table } from '../output.ts';
import { usageError } from '../parse.ts';
import { fromXmlFile, printXml } from './xml-file.ts';

const interfaceOperand = { name: 'interface', kind: 'text' } as const;
const group = 'Networks';

const all = async ({ client, uri }: Session): Promise<readonly InterfaceSummary[]> =>
  await client.call('interfaces.list', { uri });

/** An interface by name or hardware address. */
async function findInterface(session: Session, text: string): Promise<InterfaceSummary> {
  const found = (await all(session)).find(({ name, mac }) => name === text || mac === text.toLowerCase());
  if (found !== undefined) return found;
  throw new VirError({ code: 'no-interface', domain: 'interface', message: `failed to get interface '${text}'` });
}

const onInterface = (
  command: Pick<Command, 'name' | 'summary' | 'options'>,
  run: (session: Session, found: InterfaceSummary, invocation: Invocation) => Promise<number>,
): Command => ({
  ...command,
  group,
  operands: [interfaceOperand],
  needs: 'engine',
  async run(session, invocation) {
    return await run(session, await findInterface(session, operandOf(invocation, 'interface')), invocation);
  },
});

const simple = (name: string, summary: string, verb: 'begin' | 'commit' | 'rollback', sentence: string): Command => ({
  ...{ name, group, summary, needs: 'engine' },
  async run(session: Session) {
    await session.client.call(`interfaces.${verb}`, { uri: session.uri });
    return report(session, `${sentence}\n`, {});
  },
});

const confirmOption = {
  name: 'confirm',
  value: 'seconds',
  help: 'roll back after so long unless it is kept with iface-commit',
} as const;
const planOption = { name: 'plan', help: 'say what would be done, and do nothing' } as const;

function confirmSeconds(invocation: Invocation): { confirmSeconds?: number } {
  const text = valueOf(invocation, 'confirm');
  if (text === undefined) return {};
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 5 && seconds <= 600) return { confirmSeconds: seconds };
  throw usageError(`'${text}' is not 5 to 600 seconds.`);
}

function planText({ steps, keep, findings, keeper }: InterfacePlan): string {
  return [
    ...findings.map(({ severity, message, fix }) => `${severity}: ${message}${fix === undefined ? '' : ` ${fix}`}`),
    ...steps.map(({ sentence }, at) => `${at + 1}. ${sentence}`),
    ...(keep.length === 0 ? [] : ['When it is kept:']),
    ...keep.map(({ sentence }) => `   ${sentence}`),
    ...[keeper.sentence, ''],
  ].join('\n');
}

function pendingText(pending: PendingChange | undefined): string {
  if (pending?.deadlineMs === undefined) return '';
  const seconds = Math.max(0, Math.round((pending.deadlineMs - Date.now()) / 1000));
  return `It is rolled back in ${seconds} s unless you say: vivarium iface-commit\n`;
}

export const interfaceCommands: readonly Command[] = [
  {
    name: 'iface-list',
    group,
    summary: 'list network interfaces of the host',
    options: [
      { name: 'inactive', help: 'only inactive ones' },
      { name: 'all', help: 'inactive ones too' },
    ],
    needs: 'engine',
    async run(session, { options }) {
      const has = (name: string): boolean => options[name] === true;
      const interfaces = (await all(session))
        .filter(({ listed }) => listed)
        .filter(({ active }) => has('all') || active !== has('inactive'))
        .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
      if (session.json) return report(session, '', { interfaces });
      const rows = interfaces.map(({ name, active, mac = '' }) => [name, active ? 'active' : 'inactive', mac]);
      session.print(table(['Name', 'State', 'MAC Address'], rows));
      return 0;
    },
  },
  onInterface(
    { name: 'iface-name', summary: 'print the name of an interface by its hardware address' },
    async (session, { name, mac }) => await Promise.resolve(report(session, name, { name, mac })),
  ),
  onInterface(
    { name: 'iface-mac', summary: 'print the hardware address of an interface by its name' },
    async (session, { name, mac = '' }) => await Promise.resolve(report(session, mac, { name, mac })),
  ),
  onInterface(
    {
      name: 'iface-dumpxml',
      summary: 'print the XML of an interface',
      options: [{ name: 'inactive', help: 'as it is configured' }],
    },
    async (session, { name }, { options }) => {
      const inactive = options['inactive'] === true;
      const xml = await session.client.call('interfaces.xml', { uri: session.uri, name, inactive });
      return printXml(session, xml, { name });
    },
  ),
  fromXmlFile({
    name: 'iface-define',
    group: group,
    summary: 'define (but do not start) an interface from an XML file, or change one',
    make: (session, xml) => session.client.call('interfaces.define', { uri: session.uri, xml }),
    done: ({ name }, file) => `Interface ${name} defined from ${file}`,
  }),
  onInterface(
    { name: 'iface-undefine', summary: "remove an interface from the host's configuration" },
    async (session, { name }) => {
      await session.client.call('interfaces.undefine', { uri: session.uri, name });
      return report(session, `Interface ${name} undefined\n`, { name });
    },
  ),
  onInterface({ name: 'iface-start', summary: 'bring an interface up' }, async (session, { name }) => {
    await session.client.call('interfaces.create', { uri: session.uri, name });
    return report(session, `Interface ${name} started\n`, { name });
  }),
  onInterface({ name: 'iface-destroy', summary: 'take an interface down' }, async (session, { name }) => {
    await session.client.call('interfaces.destroy', { uri: session.uri, name });
    return report(session, `Interface ${name} destroyed\n`, { name });
  }),
  {
    name: 'iface-bridge',
    group,
    summary: 'make a bridge over an interface, which keeps its addresses there',
    operands: [interfaceOperand, { name: 'bridge', kind: 'text' }],
    options: [
      { name: 'no-stp', help: 'without the spanning tree protocol' },
      { name: 'delay', value: 'seconds', help: 'how long new ports wait' },
      confirmOption,
      planOption,
    ],
    needs: 'engine',
    async run(session, invocation) {
      const [device, bridge] = [operandOf(invocation, 'interface'), operandOf(invocation, 'bridge')];
      const delay = Number(valueOf(invocation, 'delay') ?? 0);
      if (!Number.isInteger(delay) || delay < 0 || delay > 30) throw usageError('The delay is not 0 to 30 seconds.');
      const stp = invocation.options['no-stp'] !== true;
      const request = { uri: session.uri, device, bridge, stp, delaySeconds: delay };
      if (invocation.options['plan'] === true) {
        const plan = await session.client.call('interfaces.plan-bridge', request);
        return report(session, planText(plan), { ...plan });
      }
      const pending = await session.client.call('interfaces.bridge', { ...request, ...confirmSeconds(invocation) });
      const sentence = `Created bridge ${bridge} with attached device ${device}\nBridge interface ${bridge} started\n`;
      return report(session, sentence + pendingText(pending), { device, bridge, ...(pending ?? {}) });
    },
  },
  {
    name: 'iface-unbridge',
    group,
    summary: 'take a bridge apart: its interface gets back what it had',
    operands: [{ name: 'bridge', kind: 'text' }],
    options: [confirmOption, planOption],
    needs: 'engine',
    async run(session, invocation) {
      const bridge = operandOf(invocation, 'bridge');
      if (invocation.options['plan'] === true) {
        const plan = await session.client.call('interfaces.plan-unbridge', { uri: session.uri, bridge });
        return report(session, planText(plan), { ...plan });
      }
      const { ports } = await findInterface(session, bridge);
      const options = { uri: session.uri, bridge, ...confirmSeconds(invocation) };
      const pending = await session.client.call('interfaces.unbridge', options);
      const [device = ''] = ports;
      const sentence = `Device ${device} un-attached from bridge ${bridge}\nInterface ${device} started\n`;
      return report(session, sentence + pendingText(pending), { device, bridge, ...(pending ?? {}) });
    },
  },
  simple(
    'iface-begin',
    'open a change of interfaces that can be rolled back',
    'begin',
    'Network config change transaction started',
  ),
  simple('iface-commit', 'keep the change that stands', 'commit', 'Network config change transaction committed'),
  simple(
    'iface-rollback',
    'take back the change that stands',
    'rollback',
    'Network config change transaction rolled back',
  ),
];
