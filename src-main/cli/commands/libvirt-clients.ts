/** Libvirt's clients: who is there, and who may come in by a password. */
import { createInterface } from 'node:readline/promises';
import { type Command, operandOf, report } from '../command.ts';
import { table } from '../output.ts';
import { usageError } from '../parse.ts';
import { askOnTerminal } from '../terminal-prompts.ts';

const ways = { unix: 'socket', tls: 'TLS', tcp: 'TCP' } as const;

export const clientsCommand: Command = {
  name: 'clients',
  group: 'Host',
  summary: "list libvirt's clients that are connected to this engine",
  description: '`--disconnect ID` ends one of them; its machines go on.',
  options: [{ name: 'disconnect', value: 'ID', help: 'end the connection of this client' }],
  needs: 'engine',
  async run(session, invocation) {
    const id = invocation.options['disconnect'];
    if (typeof id === 'string') {
      await session.client.call('libvirt.disconnect', { id });
      return report(session, `Client ${id} disconnected`, { id });
    }
    const clients = await session.client.call('libvirt.clients', {});
    const rows = clients.map(({ way, user, certificate, sinceMs, readOnly, isAuthenticated, ...client }) => [
      client.id,
      ways[way],
      client.address ?? '-',
      isAuthenticated ? (user ?? certificate ?? '-') : '(not proven)',
      new Date(sinceMs).toISOString().slice(0, 19).replace('T', ' '),
      readOnly ? 'read-only' : 'read-write',
    ]);
    return report(session, table(['Id', 'Transport', 'Address', 'User', 'Since (UTC)', 'Access'], rows).trimEnd(), {
      clients,
    });
  },
};

const actions = ['add', 'remove', 'list'] as const;

export const clientPasswordCommand: Command = {
  name: 'client-password',
  group: 'Host',
  summary: "say which users libvirt's clients may come in as over TCP, or over TLS with passwords",
  description:
    '`add NAME` asks for a password at the terminal, or reads it from the first line of the standard input; a user who is ' +
    'there already has it instead of the old one. The password itself is not kept. `remove NAME` disconnects ' +
    'whoever came in by it.',
  operands: [
    { name: 'action', kind: 'text' },
    { name: 'name', kind: 'text', optional: true },
  ],
  options: [{ name: 'read-only', help: 'the user may look at everything and change nothing' }],
  needs: 'engine',
  async run(session, invocation) {
    const action = actions.find((each) => each === operandOf(invocation, 'action'));
    const name = operandOf(invocation, 'name');
    if (action === undefined) throw usageError(`'${operandOf(invocation, 'action')}' is none of ${actions.join(', ')}`);
    if (action !== 'list' && name === '') throw usageError(`'client-password ${action}' needs the name of a user`);
    switch (action) {
      case 'list': {
        const users = await session.client.call('libvirt.users', {});
        const rows = users.map((user) => [user.name, user.readOnly ? 'read-only' : 'read-write']);
        return report(session, table(['User', 'Access'], rows).trimEnd(), { users });
      }
      case 'add': {
        const readOnly = invocation.options['read-only'] === true;
        await session.client.call('libvirt.set-user', { name, password: await newPassword(name), readOnly });
        return report(session, `User '${name}' may come in`, { name, readOnly });
      }
      case 'remove':
        await session.client.call('libvirt.remove-user', { name });
        return report(session, `User '${name}' removed`, { name });
    }
  },
};

/** Never a word of the command line, which every user of the host can read. */
async function newPassword(name: string): Promise<string> {
  if (!process.stdin.isTTY) {
    for await (const line of createInterface({ input: process.stdin })) return line;
    throw usageError('there is no password on the standard input');
  }
  const ask = async (text: string): Promise<string> => {
    const answer = await askOnTerminal({ text, kind: 'secret' });
    if (answer === undefined || answer === '') throw usageError('no password was given');
    return answer;
  };
  const password = await ask(`New password of '${name}':`);
  if ((await ask('The same again:')) !== password) throw usageError('the two passwords are different');
  return password;
}
