/** What differs between two sides' answers, and which of it is explained. */
import { normalised } from './normalise.ts';
import { type Reason, reasons } from './reasons.ts';
import type { Answer, Side } from './side.ts';

export interface Difference {
  readonly command: string;
  /** Lines that only libvirtd (`-`) or only we (`+`) have. */
  readonly lines: readonly string[];
  /** Those nobody has explained. */
  readonly unexplained: readonly string[];
  readonly reasons: readonly string[];
}

export interface Comparison {
  readonly commands: number;
  readonly equal: number;
  readonly differences: readonly Difference[];
  /** Explanations that nothing needed. */
  readonly unused: readonly string[];
}

interface Answers {
  readonly side: Side;
  readonly answers: readonly Answer[];
}

export function compare(libvirtd: Answers, ours: Answers): Comparison {
  const used = new Set<Reason>();
  const differences = libvirtd.answers.flatMap((answer, index): Difference[] => {
    const mine = ours.answers[index];
    if (mine === undefined) throw new Error(`nothing was answered to '${answer.command}'`);
    const lines = lineDifference(normalised(libvirtd.side, answer), normalised(ours.side, mine));
    if (lines.length === 0) return [];
    const found = lines.map((line) => reasons.find((reason) => explains(reason, answer.command, line)));
    for (const reason of found) if (reason !== undefined) used.add(reason);
    const words = new Set(found.flatMap((reason) => (reason === undefined ? [] : [reason.why])));
    return [
      {
        command: answer.command,
        lines,
        unexplained: lines.filter((_, place) => found[place] === undefined),
        reasons: [...words],
      },
    ];
  });
  const commands = libvirtd.answers.length;
  return {
    commands,
    equal: commands - differences.length,
    differences,
    unused: reasons.filter((reason) => !used.has(reason)).map(({ why }) => why),
  };
}

const explains = ({ command, line }: Reason, asked: string, differing: string): boolean =>
  (command === undefined || command.test(asked)) && line.test(differing);

/** The lines outside the longest common subsequence. */
export function lineDifference(before: readonly string[], after: readonly string[]): readonly string[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: string[] = [];
  for (let [row, column] = [0, 0]; row < before.length || column < after.length; ) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      row += 1;
      column += 1;
    } else if (column >= after.length || (row < before.length && at(row + 1, column) >= at(row, column + 1))) {
      lines.push(`-${before[row]}`);
      row += 1;
    } else {
      lines.push(`+${after[column]}`);
      column += 1;
    }
  }
  return lines;
}

/** The score and every difference, for people. */
export function report(comparison: Comparison): string {
  const { commands, equal, differences } = comparison;
  const explained = differences.filter(({ unexplained }) => unexplained.length === 0).length;
  const head = `virsh: ${equal} of ${commands} commands answered alike; ${explained} of the other ${differences.length} explained`;
  const lines = differences.flatMap(({ command, lines: differing, unexplained, reasons: why }) => [
    '',
    `virsh ${command}`,
    ...differing.map((line) => `  ${unexplained.includes(line) ? '!' : ' '} ${line}`),
    ...why.map((reason) => `    because ${reason}`),
  ]);
  return [head, ...lines].join('\n');
}
