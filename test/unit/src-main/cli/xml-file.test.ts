import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../../src-main/cli/command.ts';
import { commands } from '../../../../src-main/cli/commands/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'vivarium-xml-file-'));
const file = join(folder, 'thing.xml');
writeFileSync(file, '<thing/>');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(name: string, json: boolean) {
  const command = commands.find((candidate) => candidate.name === name);
  if (command?.needs !== 'engine') throw new Error(`there is no command ${name}`);
  const calls: unknown[] = [];
  let printed = '';
  const session = {
    uri: 'test:///default',
    json,
    client: {
      call: async (call: string, argument: unknown) => {
        calls.push([call, argument]);
        return await Promise.resolve({ name: 'web', uuid: 'u-1', portDev: 'tap0' });
      },
    },
    print: (text: string) => (printed += text),
  } as unknown as Session;
  const status = await command.run(session, { operands: { file }, rest: [], options: {} });
  return { status, calls, printed };
}

const author = { author: 'vivarium' };
/** What virsh says, a line of its own behind it. */
const made: readonly (readonly [string, string, object, string])[] = [
  ['define', 'domains.define', author, `Domain 'web' defined from ${file}`],
  ['net-define', 'networks.define', author, `Network web defined from ${file}`],
  ['net-create', 'networks.create-xml', {}, `Network web created from ${file}`],
  ['nwfilter-define', 'nwfilters.define', author, `Network filter web defined from ${file}`],
  ['nwfilter-binding-create', 'nwfilters.create-binding', {}, `Network filter binding on tap0 created from ${file}`],
  ['iface-define', 'interfaces.define', {}, `Interface web defined from ${file}`],
  ['pool-define', 'storage.pool-define', {}, `Pool web defined from ${file}`],
  ['secret-define', 'secrets.define', {}, 'Secret u-1 created'],
];

describe('a command that makes something of an XML file', () => {
  it.each(made)('%s asks for it and says what virsh says', async (name, call, more, said) => {
    expect(await run(name, false)).toEqual({
      status: 0,
      calls: [[call, { uri: 'test:///default', xml: '<thing/>', ...more }]],
      printed: `${said}\n\n`,
    });
  });

  it.each(made)('%s tells what it made as JSON', async (name) => {
    const { printed } = await run(name, true);
    expect(JSON.parse(printed)).toEqual({ name: 'web', uuid: 'u-1', portDev: 'tap0' });
  });
});
