/** Commands that change the hardware of a machine. */
import { writeFile } from 'node:fs/promises';
import { linuxKeyCodes } from '../../../src-shared/keycodes.ts';
import { type Command, type Invocation, operandOf, report, valueOf } from '../command.ts';
import { parseSize } from '../output.ts';
import { usageError } from '../parse.ts';
import { readXmlFile } from './xml-file.ts';

const domainOperand = { name: 'domain', kind: 'domain' } as const;
const affectsOptions = [
  { name: 'live', help: 'the running guest' },
  { name: 'config', help: 'the next start' },
  { name: 'current', help: 'the running guest when it runs, else the next start' },
  { name: 'persistent', help: 'both the running guest and the next start' },
] as const;

function affects({ options }: Invocation): { live?: boolean; config?: boolean } {
  if (options['persistent'] === true) return { live: true, config: true };
  return {
    ...(options['live'] === true ? { live: true } : {}),
    ...(options['config'] === true ? { config: true } : {}),
  };
}

function deviceCommand(verb: 'attach' | 'detach' | 'update', summary: string, sentence: string): Command {
  return {
    name: `${verb}-device`,
    group: 'Devices',
    summary,
    operands: [domainOperand, { name: 'file', kind: 'file' }],
    options: affectsOptions,
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      await session.client.call(`domains.${verb}-device`, {
        uri: session.uri,
        uuid: domain.uuid,
        xml: await readXmlFile(operandOf(invocation, 'file')),
        affects: affects(invocation),
      });
      return report(session, sentence, { uuid: domain.uuid, name: domain.name });
    },
  };
}

function memoryCommand(name: string, summary: string, maximum: boolean): Command {
  return {
    name,
    group: 'Devices',
    summary,
    operands: [domainOperand, { name: 'size', kind: 'text' }],
    options: affectsOptions,
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const bytes = parseSize(operandOf(invocation, 'size'), 1024);
      if (bytes === undefined) throw usageError(`'${operandOf(invocation, 'size')}' is not a size`);
      await session.client.call('domains.set-memory', {
        uri: session.uri,
        uuid: domain.uuid,
        kiB: Math.ceil(bytes / 1024),
        affects: affects(invocation),
        maximum,
      });
      return report(session, '', { uuid: domain.uuid, kiB: Math.ceil(bytes / 1024) });
    },
  };
}

export const deviceCommands: readonly Command[] = [
  deviceCommand('attach', 'attach a device from an XML file', 'Device attached successfully\n'),
  deviceCommand('detach', 'detach a device from an XML file', 'Device detached successfully\n'),
  deviceCommand('update', 'update a device from an XML file', 'Device updated successfully\n'),
  memoryCommand('setmem', 'change the memory the guest has', false),
  memoryCommand('setmaxmem', 'change the memory the guest can have', true),
  {
    name: 'setvcpus',
    group: 'Devices',
    summary: 'change the number of virtual CPUs',
    operands: [domainOperand, { name: 'count', kind: 'text' }],
    options: [{ name: 'maximum', help: 'the limit instead of the number' }, ...affectsOptions],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const count = Number(operandOf(invocation, 'count'));
      if (!Number.isInteger(count) || count < 1) throw usageError('Invalid number of virtual CPUs');
      await session.client.call('domains.set-vcpus', {
        uri: session.uri,
        uuid: domain.uuid,
        count,
        affects: affects(invocation),
        maximum: invocation.options['maximum'] === true,
      });
      return report(session, '', { uuid: domain.uuid, count });
    },
  },
  {
    name: 'send-key',
    group: 'Devices',
    summary: 'press keys of a guest together',
    description: 'Keys are names such as KEY_LEFTCTRL or numbers of the code set.',
    operands: [domainOperand, { name: 'keys', kind: 'text', rest: true }],
    options: [
      {
        name: 'codeset',
        value: 'SET',
        help: 'linux (the default), xt, qnum, usb …',
        words: ['linux', 'xt', 'qnum', 'usb'],
      },
      { name: 'holdtime', value: 'MS', help: 'how long they are held, in milliseconds' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const codes = invocation.rest.map((word) => {
        const code = linuxKeyCodes[word] ?? Number(word);
        if (!Number.isInteger(code)) throw usageError(`invalid keycode: '${word}'`);
        return code;
      });
      const hold = valueOf(invocation, 'holdtime');
      await session.client.call('domains.send-key', {
        uri: session.uri,
        uuid: domain.uuid,
        codeset: (valueOf(invocation, 'codeset') ?? 'linux') as 'linux',
        codes,
        ...(hold === undefined ? {} : { holdMs: Number(hold) }),
      });
      return report(session, '', { uuid: domain.uuid, codes });
    },
  },
  {
    name: 'screenshot',
    group: 'Devices',
    summary: "save the guest's screen as a PNG",
    operands: [domainOperand, { name: 'file', kind: 'file', optional: true }],
    options: [{ name: 'screen', value: 'N', help: 'which screen, from 0' }],
    needs: 'engine',
    async run(session, invocation) {
      const domain = await session.domain(operandOf(invocation, 'domain'));
      const screen = valueOf(invocation, 'screen');
      const png = await session.client.call('domains.screenshot', {
        uri: session.uri,
        uuid: domain.uuid,
        ...(screen === undefined ? {} : { screen: Number(screen) }),
      });
      const file =
        invocation.operands['file'] ??
        `${domain.name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.png`;
      await writeFile(file, Buffer.from(png, 'base64'));
      return report(session, `Screenshot saved to ${file}, with type of image/png\n`, { uuid: domain.uuid, file });
    },
  },
];
