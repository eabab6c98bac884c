/** Commands for network filters and their bindings. */
import type { NwfilterSummary } from '../../../src-shared/model/nwfilter-summary.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { type Command, operandOf, report, type Session } from '../command.ts';
import { table } from '../output.ts';
import { fromXmlFile, printXml } from './xml-file.ts';

const filterOperand = { name: 'nwfilter', kind: 'text' } as const;
const bindingOperand = { name: 'binding', kind: 'text' } as const;
const group = 'Networks';

/** A filter by name or UUID. */
async function findFilter(session: Session, text: string): Promise<NwfilterSummary> {
  const filters = await session.client.call('nwfilters.list', { uri: session.uri });
  const found = filters.find(({ name, uuid }) => uuid === text.toLowerCase() || name === text);
  if (found !== undefined) return found;
  throw new VirError({ code: 'no-nwfilter', domain: 'nwfilter', message: `failed to get nwfilter '${text}'` });
}

const byName = <T>(key: (item: T) => string, items: readonly T[]): readonly T[] =>
  items.toSorted((a, b) => (key(a).toLowerCase() < key(b).toLowerCase() ? -1 : 1));

export const nwfilterCommands: readonly Command[] = [
  {
    name: 'nwfilter-list',
    group,
    summary: 'list network filters',
    needs: 'engine',
    async run(session) {
      const all = await session.client.call('nwfilters.list', { uri: session.uri });
      const filters = byName(({ name }) => name, all);
      if (session.json) return report(session, '', { nwfilters: filters });
      session.print(
        table(
          ['UUID', 'Name'],
          filters.map(({ uuid, name }) => [uuid, name]),
        ),
      );
      return 0;
    },
  },
  {
    name: 'nwfilter-dumpxml',
    group,
    summary: 'print the XML of a network filter',
    operands: [filterOperand],
    needs: 'engine',
    async run(session, invocation) {
      const { uuid } = await findFilter(session, operandOf(invocation, 'nwfilter'));
      const xml = await session.client.call('nwfilters.xml', { uri: session.uri, uuid });
      return printXml(session, xml, { uuid });
    },
  },
  fromXmlFile({
    name: 'nwfilter-define',
    group: group,
    summary: 'define a network filter from an XML file, or change one',
    description: 'Interfaces that the filter is in force on get the new rules at once, all of them or none.',
    make: (session, xml) => session.client.call('nwfilters.define', { uri: session.uri, xml, author: 'vivarium' }),
    done: ({ name }, file) => `Network filter ${name} defined from ${file}`,
  }),
  {
    name: 'nwfilter-undefine',
    group,
    summary: 'remove a network filter that is in force nowhere',
    operands: [filterOperand],
    needs: 'engine',
    async run(session, invocation) {
      const text = operandOf(invocation, 'nwfilter');
      const { uuid, name } = await findFilter(session, text);
      await session.client.call('nwfilters.undefine', { uri: session.uri, uuid });
      return report(session, `Network filter ${text} undefined\n`, { uuid, name });
    },
  },
  {
    name: 'nwfilter-binding-list',
    group,
    summary: 'list the interfaces that network filters are in force on',
    needs: 'engine',
    async run(session) {
      const all = await session.client.call('nwfilters.bindings', { uri: session.uri });
      const bindings = byName(({ portDev }) => portDev, all);
      if (session.json) return report(session, '', { bindings });
      session.print(
        table(
          ['Port Dev', 'Filter'],
          bindings.map(({ portDev, filterName }) => [portDev, filterName]),
        ),
      );
      return 0;
    },
  },
  {
    name: 'nwfilter-binding-dumpxml',
    group,
    summary: "print the XML of a network filter's binding",
    operands: [bindingOperand],
    needs: 'engine',
    async run(session, invocation) {
      const portDev = operandOf(invocation, 'binding');
      const xml = await session.client.call('nwfilters.binding-xml', { uri: session.uri, portDev });
      return printXml(session, xml, { portDev });
    },
  },
  fromXmlFile({
    name: 'nwfilter-binding-create',
    group: group,
    summary: 'put a network filter in force on an interface, from an XML file',
    make: (session, xml) => session.client.call('nwfilters.create-binding', { uri: session.uri, xml }),
    done: ({ portDev }, file) => `Network filter binding on ${portDev} created from ${file}`,
  }),
  {
    name: 'nwfilter-binding-delete',
    group,
    summary: 'let everything pass an interface again',
    operands: [bindingOperand],
    needs: 'engine',
    async run(session, invocation) {
      const portDev = operandOf(invocation, 'binding');
      await session.client.call('nwfilters.delete-binding', { uri: session.uri, portDev });
      return report(session, `Network filter binding on ${portDev} deleted\n`, { portDev });
    },
  },
];
