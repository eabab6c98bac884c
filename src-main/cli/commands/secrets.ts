/** Commands for secrets. Values are read from a file or from what is piped in, never from the command line's history. */
import { readFile } from 'node:fs/promises';
import type { SecretSummary } from '../../../src-shared/model/secret-summary.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { parseUuid } from '../../../src-shared/uuid.ts';
import { type Command, type Invocation, operandOf, report, type Session, valueOf } from '../command.ts';
import { table } from '../output.ts';
import { usageError } from '../parse.ts';
import { fromXmlFile, printXml, readXmlFile } from './xml-file.ts';

const secretOperand = { name: 'secret', kind: 'text' } as const;

function onSecret(
  command: Pick<Command, 'name' | 'summary' | 'options' | 'description'>,
  run: (session: Session, uuid: string, invocation: Invocation) => Promise<number>,
): Command {
  return {
    ...command,
    group: 'Storage',
    operands: [secretOperand],
    needs: 'engine',
    async run(session, invocation) {
      const text = operandOf(invocation, 'secret');
      const uuid = parseUuid(text);
      if (uuid !== undefined) return await run(session, uuid, invocation);
      throw new VirError({ code: 'invalid-arg', domain: 'secret', message: `'${text}' is not a secret's UUID` });
    },
  };
}

const usageText = ({ usageType, usageId }: SecretSummary): string =>
  usageType === 'none' ? 'Unused' : `${usageType} ${usageId}`;

export const secretCommands: readonly Command[] = [
  {
    name: 'secret-list',
    group: 'Storage',
    summary: 'list secrets',
    options: [
      { name: 'ephemeral', help: 'only those kept in memory' },
      { name: 'no-ephemeral', help: 'only those kept on disk' },
      { name: 'private', help: 'only those whose value is told to nobody' },
      { name: 'no-private', help: 'only the others' },
    ],
    needs: 'engine',
    async run(session, { options }) {
      const wanted = (on: string, off: string, value: boolean): boolean =>
        options[on] === options[off] || (options[on] === true ? value : !value);
      const secrets = (await session.client.call('secrets.list', { uri: session.uri }))
        .filter(({ ephemeral }) => wanted('ephemeral', 'no-ephemeral', ephemeral))
        .filter((secret) => wanted('private', 'no-private', secret.private))
        .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1));
      if (session.json) return report(session, '', { secrets });
      session.print(
        table(
          ['UUID', 'Usage'],
          secrets.map((secret) => [secret.uuid, usageText(secret)]),
        ),
      );
      return 0;
    },
  },
  fromXmlFile({
    name: 'secret-define',
    group: 'Storage',
    summary: 'define a secret from an XML file, or change one; its value is set apart',
    make: (session, xml) => session.client.call('secrets.define', { uri: session.uri, xml }),
    done: ({ uuid }) => `Secret ${uuid} created`,
  }),
  onSecret({ name: 'secret-dumpxml', summary: 'print the XML of a secret' }, async (session, uuid) => {
    const xml = await session.client.call('secrets.xml', { uri: session.uri, uuid });
    return printXml(session, xml, { uuid });
  }),
  onSecret(
    {
      name: 'secret-set-value',
      summary: 'set what a secret holds',
      description: 'The value is the file, byte for byte; - reads what is piped in.',
      options: [{ name: 'file', value: 'FILE', help: 'where the value is' }],
    },
    async (session, uuid, invocation) => {
      const file = valueOf(invocation, 'file');
      if (file === undefined) throw usageError('--file is missing', 'vivarium help secret-set-value');
      const value = file === '-' ? Buffer.from(await readXmlFile('-')) : await readFile(file);
      await session.client.call('secrets.set-value', { uri: session.uri, uuid, value: value.toString('base64') });
      return report(session, 'Secret value set\n', { uuid });
    },
  ),
  onSecret(
    {
      name: 'secret-get-value',
      summary: 'print what a secret holds, in base64',
      options: [{ name: 'plain', help: 'as it is' }],
    },
    async (session, uuid, { options }) => {
      const value = await session.client.call('secrets.value', { uri: session.uri, uuid });
      if (session.json) return report(session, '', { uuid, value });
      session.print(options['plain'] === true ? Buffer.from(value, 'base64').toString() : value);
      return 0;
    },
  ),
  onSecret({ name: 'secret-undefine', summary: 'remove a secret and what it holds' }, async (session, uuid) => {
    await session.client.call('secrets.undefine', { uri: session.uri, uuid });
    return report(session, `Secret ${uuid} deleted\n`, { uuid });
  }),
];
