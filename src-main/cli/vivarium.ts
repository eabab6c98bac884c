/** The `vivarium` command: reads the command line, reaches an engine if the command needs one, runs it. */
import { type ErrorData, VirError } from '../../src-shared/errors.ts';
import { attach } from './attach.ts';
import type { Command, Invocation, Session } from './command.ts';
import { commands } from './commands/index.ts';
import { daemonCommand } from './daemon.ts';
import { commandHelp, completionScript, manualPage, overview, type Shell, shells } from './help.ts';
import { parseInvocation, usageError } from './parse.ts';
import { offerToAuthenticate } from './terminal-agent.ts';
import { servePrompts } from './terminal-prompts.ts';
import { version } from '../version.ts';

const allCommands: readonly Command[] = [...commands, daemonCommand];

/** Exit codes: 0 done, 1 failed, 2 the command line is wrong. */
export async function main(words: readonly string[]): Promise<number> {
  const line = splitGlobals(words);
  try {
    return await dispatch(line);
  } catch (thrown) {
    const error = asError(thrown);
    const usage = error.fix?.startsWith('vivarium help') === true;
    if (line.json) process.stdout.write(`${JSON.stringify({ error }, undefined, 2)}\n`);
    else process.stderr.write(describeError(error));
    return usage ? 2 : 1;
  }
}

interface GlobalLine {
  readonly uri: string;
  readonly json: boolean;
  readonly help: boolean;
  readonly words: readonly string[];
}

/** Takes the options that stand before the command, and --json and --help wherever they are. */
function splitGlobals(words: readonly string[]): GlobalLine {
  let uri = process.env['VIVARIUM_DEFAULT_URI'] ?? 'qemu:///session';
  let json = false;
  let help = false;
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      rest.push(...words.slice(index));
      break;
    }
    if (rest.length === 0 && (word === '-c' || word === '--connect')) {
      index += 1;
      uri = words[index] ?? '';
    } else if (rest.length === 0 && word.startsWith('--connect=')) uri = word.slice('--connect='.length);
    else if (word === '--json') json = true;
    else if (word === '--help' || word === '-h') help = true;
    else rest.push(word);
  }
  return { uri, json, help, words: rest };
}

async function dispatch(line: GlobalLine): Promise<number> {
  const [name, ...words] = line.words;
  const print = (text: string): void => {
    process.stdout.write(text);
  };
  if (name === undefined || name === 'help') {
    print(words[0] === undefined ? overview(allCommands) : commandHelp(find(words[0])));
    return 0;
  }
  if (name === 'version' || name === '--version') {
    print(line.json ? `${JSON.stringify({ version })}\n` : `${version}\n`);
    return 0;
  }
  if (name === 'man') {
    print(manualPage(allCommands, version));
    return 0;
  }
  if (name === 'completion') {
    const shell = shells.find((known) => known === words[0]);
    if (shell === undefined)
      throw usageError(`'${words[0] ?? ''}' is not a shell: ${shells.join(', ')}`, 'vivarium help');
    print(completionScript(shell satisfies Shell, allCommands));
    return 0;
  }
  const command = find(name);
  if (line.help) {
    print(commandHelp(command));
    return 0;
  }
  const invocation = parseInvocation(command, words);
  if (command.needs === 'nothing') return await command.run({ print, json: line.json }, invocation);
  return await withEngine(line, command, invocation, print);
}

async function withEngine(
  line: GlobalLine,
  command: Extract<Command, { needs: 'engine' }>,
  invocation: Invocation,
  print: (text: string) => void,
): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    interrupt.abort();
  };
  process.once('SIGINT', onSignal);
  const attached = await attach(line.uri);
  const session: Session = {
    uri: line.uri,
    json: line.json,
    client: attached.client,
    domain: (text) => attached.client.call('domains.lookup', { uri: line.uri, text }),
    print,
    interrupted: interrupt.signal,
  };
  let endAgent: (() => void) | undefined;
  try {
    // Whatever leads to another daemon may want a password on the way.
    if (/^[a-z]+(?:\+[a-z0-9]+:|:\/\/[^/])/.test(line.uri)) await servePrompts(attached.client);
    if (line.uri.startsWith('qemu:')) endAgent = await offerToAuthenticate();
    return await command.run(session, invocation);
  } finally {
    process.off('SIGINT', onSignal);
    endAgent?.();
    await attached.close();
  }
}

function find(name: string): Command {
  const command = allCommands.find((candidate) => candidate.name === name || candidate.aliases?.includes(name));
  if (command === undefined) throw usageError(`unknown command: '${name}'`, 'vivarium help');
  return command;
}

/** System errors (a file that is not there) read well enough as they are. */
function asError(thrown: unknown): ErrorData {
  if (thrown instanceof VirError) return thrown.data;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'system-error', domain: 'none', message };
}

function describeError(error: ErrorData): string {
  const lines = [`error: ${error.message}`];
  if (error.cause !== undefined) lines.push(`cause: ${error.cause}`);
  if (error.fix !== undefined) lines.push(`try: ${error.fix}`);
  return `${lines.join('\n')}\n`;
}
