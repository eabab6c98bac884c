/** `console`: the terminal becomes the guest's serial console. */
import { connect } from 'node:net';
import { VirError } from '../../../src-shared/errors.ts';
import { type Command, operandOf, valueOf } from '../command.ts';
import { usageError } from '../parse.ts';

/** `^]` → 0x1d; a single character stands for itself. */
export function escapeByte(text: string): number | undefined {
  if (text.length === 1) return text.charCodeAt(0);
  if (text.length === 2 && text.startsWith('^')) return text.toUpperCase().charCodeAt(1) & 0x1f;
  return undefined;
}

export const consoleCommand: Command = {
  name: 'console',
  group: 'Machines',
  summary: "connect the terminal to the guest's serial console",
  description: 'Ctrl+] (or the character given with --escape) ends it.',
  operands: [{ name: 'domain', kind: 'domain' }],
  options: [
    { name: 'devname', value: 'ALIAS', help: 'which character device; the first unless given' },
    { name: 'force', help: 'disconnect another client of it' },
    { name: 'escape', value: 'CHAR', help: 'the escape character; ^] unless given' },
  ],
  needs: 'engine',
  async run(session, invocation) {
    const domain = await session.domain(operandOf(invocation, 'domain'));
    const escapeText = valueOf(invocation, 'escape') ?? '^]';
    const escape = escapeByte(escapeText);
    if (escape === undefined) throw usageError(`'${escapeText}' is not an escape character`);
    const alias = valueOf(invocation, 'devname');
    const { socketPath } = await session.client.call('domains.open-console', {
      uri: session.uri,
      uuid: domain.uuid,
      kind: 'serial',
      ...(alias === undefined ? {} : { alias }),
      force: invocation.options['force'] === true,
    });
    process.stderr.write(`Connected to domain '${domain.name}'\nEscape character is ${escapeText}\n`);
    return await attachTerminal(socketPath, escape, session.interrupted);
  },
};

/** Carries bytes between the terminal and the socket until the escape character, the guest's end or a signal. */
function attachTerminal(path: string, escape: number, interrupted: AbortSignal): Promise<number> {
  const { stdin, stdout } = process;
  const socket = connect(path);
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.off('data', onInput);
      stdin.pause();
      socket.destroy();
      stdout.write('\n');
      settle();
    };
    const onInput = (chunk: Buffer): void => {
      const end = chunk.indexOf(escape);
      if (end < 0) {
        socket.write(chunk);
        return;
      }
      if (end > 0) socket.write(chunk.subarray(0, end));
      finish(() => {
        resolve(0);
      });
    };
    socket.on('connect', () => {
      if (stdin.isTTY) stdin.setRawMode(true);
      stdin.on('data', onInput);
      // Input from a pipe may end; the guest's output is still wanted.
      stdin.resume();
    });
    socket.on('data', (chunk) => stdout.write(chunk));
    socket.on('error', (error) => {
      finish(() => {
        reject(
          new VirError({
            code: 'operation-failed',
            domain: 'none',
            message: 'The console was lost.',
            cause: error.message,
          }),
        );
      });
    });
    socket.on('close', () => {
      finish(() => {
        resolve(0);
      });
    });
    interrupted.addEventListener('abort', () => {
      finish(() => {
        resolve(0);
      });
    });
  });
}
