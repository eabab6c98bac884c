/** What virsh is asked: `commands.txt`, read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Step =
  | { readonly kind: 'virsh'; readonly argv: readonly string[] }
  /** Repeats a command until its output has the pattern. */
  | { readonly kind: 'until'; readonly seconds: number; readonly pattern: RegExp; readonly argv: readonly string[] }
  /** Waits for a file that has the pattern. */
  | { readonly kind: 'file'; readonly seconds: number; readonly pattern: RegExp; readonly path: string }
  /** Lets a command listen while the next ones run. */
  | { readonly kind: 'event'; readonly argv: readonly string[] }
  /** Ends it, and compares what it heard. */
  | { readonly kind: 'told' };

/** `@DIR@` stands for the folder of the side that runs it. */
export function readScript(folder: string): readonly Step[] {
  const lines = readFileSync(join(import.meta.dirname, 'commands.txt'), 'utf8').split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => step(words(line.replaceAll('@DIR@', folder))));
}

function step(argv: readonly string[]): Step {
  const [first = '', second = '', third = '', ...rest] = argv;
  switch (first) {
    case '@until':
      return { kind: 'until', seconds: Number(second), pattern: new RegExp(third), argv: rest };
    case '@file':
      return { kind: 'file', seconds: Number(second), pattern: new RegExp(third), path: rest[0] ?? '' };
    case '@event':
      return { kind: 'event', argv: argv.slice(1) };
    case '@told':
      return { kind: 'told' };
    default:
      return { kind: 'virsh', argv };
  }
}

/** Words between blanks, or between quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}
