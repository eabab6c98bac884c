/** What the application was asked on its command line, by a desktop file or by a file dropped on its icon. */
import { isAbsolute, resolve } from 'node:path';
import * as z from 'zod';

const launchCommand = z.discriminatedUnion('command', [
  z.object({ command: z.literal('connect'), uri: z.string().min(1).max(4096) }),
  z.object({ command: z.literal('open-medium'), path: z.string().min(1).max(4096) }),
  z.object({
    command: z.literal('show-console'),
    uri: z.string().max(4096).optional(),
    machine: z.string().min(1).max(255),
  }),
  z.object({ command: z.literal('new-machine') }),
]);

/** Each reaches the window as a `command` event, but `show-console`, which opens a window of its own. */
export type LaunchCommand = z.output<typeof launchCommand>;

/** How a second instance hands over what it was asked; checked, since anybody could be at the other end. */
export const handOver = z.object({ commands: z.array(launchCommand).max(64) });

/**
 * Reads arguments as virt-manager has them: `-c|--connect URI`, `--show-domain-console MACHINE`,
 * `--show-domain-creator`, and files. Anything else with a dash is Chromium's.
 */
export function readArguments(words: readonly string[], folder: string): readonly LaunchCommand[] {
  const commands: LaunchCommand[] = [];
  let uri: string | undefined;
  const machines: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [name = '', inline] = word.startsWith('--') ? splitOnce(word) : [word];
    const value = (): string | undefined => inline ?? words[(at += 1)];
    if (name === '-c' || name === '--connect') uri = value();
    else if (name === '--show-domain-console') machines.push(value() ?? '');
    else if (name === '--show-domain-creator') commands.push({ command: 'new-machine' });
    else if (!word.startsWith('-') && word !== '')
      commands.push({ command: 'open-medium', path: asPath(word, folder) });
  }
  if (uri !== undefined && uri !== '') commands.unshift({ command: 'connect', uri });
  for (const machine of machines.filter((each) => each !== '')) {
    commands.push({ command: 'show-console', machine, ...(uri === undefined ? {} : { uri }) });
  }
  return commands;
}

function splitOnce(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function asPath(word: string, folder: string): string {
  if (word.startsWith('file://') && URL.canParse(word)) return decodeURIComponent(new URL(word).pathname);
  return isAbsolute(word) ? word : resolve(folder, word);
}
