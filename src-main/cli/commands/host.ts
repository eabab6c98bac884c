/** Commands about the connection and its host. */
import { type Command, operandOf, report, valueOf } from '../command.ts';
import { field } from '../output.ts';
import { readXmlFile } from './xml-file.ts';

export const hostCommands: readonly Command[] = [
  {
    name: 'uri',
    group: 'Host',
    summary: 'print the URI of the connection',
    needs: 'engine',
    run: (session) => Promise.resolve(report(session, `${session.uri}\n`, { uri: session.uri })),
  },
  {
    name: 'hostname',
    group: 'Host',
    summary: "print the host's name",
    needs: 'engine',
    async run(session) {
      const node = await session.client.call('connections.node', { uri: session.uri });
      return report(session, `${node.hostname}\n`, { hostname: node.hostname });
    },
  },
  {
    name: 'nodeinfo',
    group: 'Host',
    summary: 'tell the basics of the host',
    needs: 'engine',
    async run(session) {
      const node = await session.client.call('connections.node', { uri: session.uri });
      const text = [
        ...(node.cpuModel === undefined ? [] : [field('CPU model', node.cpuModel, 20)]),
        ...(node.cpus === undefined ? [] : [field('CPU(s)', String(node.cpus), 20)]),
        ...(node.memoryKiB === undefined ? [] : [field('Memory size', `${node.memoryKiB} KiB`, 20)]),
      ].join('');
      return report(session, text, { ...node });
    },
  },
  {
    name: 'capabilities',
    group: 'Host',
    summary: 'print what the host and its hypervisor can do, as XML',
    needs: 'engine',
    async run(session) {
      const xml = await session.client.call('connections.capabilities', { uri: session.uri });
      return report(session, `${xml.trimEnd()}\n\n`, { xml });
    },
  },
  {
    name: 'domcapabilities',
    group: 'Host',
    summary: 'print what machines of a kind can have, as XML',
    options: [
      { name: 'virttype', value: 'TYPE', help: 'kvm or qemu', words: ['kvm', 'qemu'] },
      { name: 'emulatorbin', value: 'PATH', help: 'the hypervisor binary' },
      { name: 'arch', value: 'ARCH', help: 'the architecture' },
      { name: 'machine', value: 'MACHINE', help: 'the machine type' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const given = {
        virtType: valueOf(invocation, 'virttype'),
        emulator: valueOf(invocation, 'emulatorbin'),
        architecture: valueOf(invocation, 'arch'),
        machine: valueOf(invocation, 'machine'),
      };
      const selection = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const xml = await session.client.call('connections.domain-capabilities', { uri: session.uri, ...selection });
      return report(session, `${xml.trimEnd()}\n\n`, { xml });
    },
  },
  {
    name: 'domxml-to-native',
    group: 'Host',
    summary: "convert a machine's XML to the hypervisor's own configuration",
    operands: [
      { name: 'format', kind: 'text' },
      { name: 'xml', kind: 'file' },
    ],
    needs: 'engine',
    async run(session, invocation) {
      const native = await session.client.call('connections.xml-to-native', {
        uri: session.uri,
        format: operandOf(invocation, 'format'),
        xml: await readXmlFile(operandOf(invocation, 'xml')),
      });
      return report(session, `${native.trimEnd()}\n`, { native });
    },
  },
];
