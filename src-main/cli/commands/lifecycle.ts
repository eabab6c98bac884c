/** Commands that change what a machine does. */
import { resolve } from 'node:path';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';
import { type Command, type Invocation, operandOf, report, type Session, valueOf } from '../command.ts';
import { runJob } from '../jobs.ts';
import { usageError } from '../parse.ts';
import { fromXmlFile } from './xml-file.ts';

export { readXmlFile } from './xml-file.ts';

const domainOperand = { name: 'domain', kind: 'domain' } as const;
const fileOperand = { name: 'file', kind: 'file' } as const;
const pausedOption = { name: 'paused', help: 'leave the guest paused' } as const;
const modeOption = {
  name: 'mode',
  value: 'MODE',
  help: 'how to ask the guest: acpi, agent, or several separated by commas',
  words: ['acpi', 'agent', 'initctl', 'signal', 'paravirt'],
} as const;

type Act = (session: Session, domain: DomainSummary, invocation: Invocation) => Promise<unknown>;

/** A command with one domain and a sentence about it. */
function onDomain(
  command: Pick<Command, 'name' | 'summary' | 'options' | 'aliases' | 'description'>,
  sentence: (name: string) => string,
  act: Act,
): Command {
  return {
    ...command,
    group: 'Machines',
    needs: 'engine',
    operands: [domainOperand],
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      await act(session, domain, invocation);
      return report(session, sentence(domain.name), { uuid: domain.uuid, name: domain.name });
    },
  };
}

const on = (session: Session, domain: DomainSummary): { uri: string; uuid: string } => ({
  uri: session.uri,
  uuid: domain.uuid,
});

type ShutdownModes = ('acpi' | 'agent' | 'initctl' | 'signal' | 'paravirt')[];

function modes(invocation: Invocation): { modes?: ShutdownModes } {
  const text = valueOf(invocation, 'mode');
  if (text === undefined) return {};
  const words = text.split(',');
  const known: readonly string[] = modeOption.words;
  const wrong = words.find((word) => !known.includes(word));
  if (wrong !== undefined) throw usageError(`Unknown mode '${wrong}', must be one of ${known.join(', ')}`);
  return { modes: words as ShutdownModes };
}

export const lifecycleCommands: readonly Command[] = [
  fromXmlFile({
    name: 'define',
    group: 'Machines',
    summary: 'define (but do not start) a machine from an XML file, or change one',
    make: (session, xml) => session.client.call('domains.define', { uri: session.uri, xml, author: 'vivarium' }),
    done: ({ name }, file) => `Domain '${name}' defined from ${file}`,
  }),
  onDomain(
    {
      name: 'start',
      summary: 'start a machine that is defined',
      options: [pausedOption, { name: 'force-boot', help: 'discard a managed save and boot afresh' }],
    },
    (name) => `Domain '${name}' started\n`,
    (session, domain, invocation) =>
      session.client.call('domains.start', {
        ...on(session, domain),
        paused: invocation.options['paused'] === true,
        forceBoot: invocation.options['force-boot'] === true,
      }),
  ),
  onDomain(
    { name: 'shutdown', summary: 'ask the guest to shut down', options: [modeOption] },
    (name) => `Domain '${name}' is being shutdown\n`,
    (session, domain, invocation) =>
      session.client.call('domains.shutdown', { ...on(session, domain), ...modes(invocation) }),
  ),
  onDomain(
    { name: 'reboot', summary: 'ask the guest to reboot', options: [modeOption] },
    (name) => `Domain '${name}' is being rebooted\n`,
    (session, domain, invocation) =>
      session.client.call('domains.reboot', { ...on(session, domain), ...modes(invocation) }),
  ),
  onDomain(
    { name: 'reset', summary: 'reset the machine as its reset button would' },
    (name) => `Domain '${name}' was reset\n`,
    (session, domain) => session.client.call('domains.reset', on(session, domain)),
  ),
  onDomain(
    {
      name: 'destroy',
      summary: 'turn a machine off at once',
      options: [{ name: 'graceful', help: 'give up rather than kill the hypervisor process' }],
    },
    (name) => `Domain '${name}' destroyed\n`,
    (session, domain, invocation) =>
      session.client.call('domains.destroy', {
        ...on(session, domain),
        graceful: invocation.options['graceful'] === true,
      }),
  ),
  onDomain(
    { name: 'suspend', summary: 'pause a running machine' },
    (name) => `Domain '${name}' suspended\n`,
    (session, domain) => session.client.call('domains.suspend', on(session, domain)),
  ),
  onDomain(
    { name: 'resume', summary: 'let a paused machine go on' },
    (name) => `Domain '${name}' resumed\n`,
    (session, domain) => session.client.call('domains.resume', on(session, domain)),
  ),
  onDomain(
    {
      name: 'undefine',
      summary: 'remove the definition of a machine',
      description: 'A running machine becomes transient. Disks are never removed.',
      options: [
        { name: 'managed-save', help: 'remove its managed save image too' },
        { name: 'nvram', help: 'remove its NVRAM file too' },
        { name: 'keep-nvram', help: 'keep its NVRAM file' },
        { name: 'tpm', help: 'remove the state of its TPM too' },
        { name: 'keep-tpm', help: 'keep the state of its TPM' },
      ],
    },
    (name) => `Domain '${name}' has been undefined\n`,
    (session, domain, { options }) =>
      session.client.call('domains.undefine', {
        ...on(session, domain),
        managedSave: options['managed-save'] === true,
        ...removal('nvram', options),
        ...removal('tpm', options),
      }),
  ),
  {
    name: 'domrename',
    group: 'Machines',
    summary: 'rename a machine that is not running',
    operands: [domainOperand, { name: 'new-name', kind: 'text' }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const name = operandOf(invocation, 'new-name');
      const renamed = await session.client.call('domains.rename', { ...on(session, domain), name });
      return report(session, 'Domain successfully renamed\n', { ...renamed });
    },
  },
  {
    name: 'autostart',
    group: 'Machines',
    summary: 'start a machine with the engine',
    operands: [domainOperand],
    options: [{ name: 'disable', help: 'do not any more' }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const autostart = invocation.options['disable'] !== true;
      await session.client.call('domains.set-autostart', { ...on(session, domain), autostart });
      const sentence = `Domain '${domain.name}' ${autostart ? 'marked' : 'unmarked'} as autostarted\n`;
      return report(session, sentence, { uuid: domain.uuid, name: domain.name, autostart });
    },
  },
  {
    name: 'save',
    group: 'Machines',
    summary: 'save the state of a running machine to a file and stop it',
    operands: [domainOperand, fileOperand],
    options: [{ name: 'running', help: 'let it run when it is restored' }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const path = resolve(operandOf(invocation, 'file'));
      const running = invocation.options['running'] === true;
      await runJob(session, () =>
        session.client.call('domains.save', { ...on(session, domain), path, ...(running ? { running } : {}) }),
      );
      return report(session, `\nDomain '${domain.name}' saved to ${operandOf(invocation, 'file')}\n`, {
        uuid: domain.uuid,
        name: domain.name,
        path,
      });
    },
  },
  {
    name: 'restore',
    group: 'Machines',
    summary: 'restore a machine from a saved state',
    operands: [fileOperand],
    options: [{ name: 'running', help: 'let it run, whatever it did when it was saved' }],
    needs: 'engine',
    async run(session, invocation) {
      const path = resolve(operandOf(invocation, 'file'));
      const running = invocation.options['running'] === true;
      await runJob(session, () =>
        session.client.call('domains.restore', { uri: session.uri, path, ...(running ? { running } : {}) }),
      );
      return report(session, `Domain restored from ${operandOf(invocation, 'file')}\n`, { path });
    },
  },
  {
    name: 'managedsave',
    group: 'Machines',
    summary: 'save the state of a running machine and stop it; the next start goes on from there',
    operands: [domainOperand],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      await runJob(session, () => session.client.call('domains.managed-save', on(session, domain)));
      return report(session, `\nDomain '${domain.name}' state saved by libvirt\n`, {
        uuid: domain.uuid,
        name: domain.name,
      });
    },
  },
  onDomain(
    { name: 'managedsave-remove', summary: 'remove the managed save image of a machine' },
    (name) => `Removed managedsave image for domain '${name}'`,
    (session, domain) => session.client.call('domains.managed-save-remove', on(session, domain)),
  ),
];

function removal<K extends 'nvram' | 'tpm'>(
  what: K,
  options: Invocation['options'],
): Partial<Record<K, 'remove' | 'keep'>> {
  if (options[what] === true) return { [what]: 'remove' } as Partial<Record<K, 'remove'>>;
  if (options[`keep-${what}`] === true) return { [what]: 'keep' } as Partial<Record<K, 'keep'>>;
  return {};
}
