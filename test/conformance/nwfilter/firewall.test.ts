import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filterCommands } from '../../../src-main/network/nwfilter/commands.ts';
import { instantiate } from '../../../src-main/network/nwfilter/instances.ts';
import { parseNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { corpusDir } from '../../support/corpus.ts';
import { readCommands } from '../network/arguments.ts';
import { printScores, readCorpus, Score } from '../xml/round-trip.ts';
import { upstreamCases } from '../xml/upstream-tests.ts';

const corpus = corpusDir();
const folder = join(corpus, 'nwfilterxml2firewalldata');
const program = 'nwfilterxml2firewalltest.c';
const link = 'vnet0';

/** Those of upstream's program. */
const variables = {
  IPSETNAME: ['tck_test'],
  A: ['1.1.1.1', '2.2.2.2', '3.3.3.3', '3.3.3.3'],
  B: ['80', '90', '80', '80'],
  C: ['1080', '1090', '1100', '1110'],
};

const line = (words: readonly string[]): string => words.join('\u0001');

/** What upstream's program does not compare because every case has it, in the order in which it looks for it. */
function commonCommands(): string[][] {
  const source = readFileSync(join(corpus, program), 'utf8');
  const [, body = ''] = /commonRules\[\] = \{([\s\S]*?)\n\};/.exec(source) ?? [];
  return body
    .replaceAll(/\/\*.*?\*\//g, '')
    .split('",\n')
    .map((element) => [...element.matchAll(/"((?:[^"\\]|\\.)*)"?/g)].map((match) => match[1]).join(''))
    .map((text) => readCommands(text.replaceAll('\\\\', '\\').replaceAll('\\n', '\n')).map(line));
}

function withoutCommon(commands: readonly string[]): string[] {
  const left = [...commands];
  let from = 0;
  for (const group of commonCommands()) {
    const at = left.findIndex(
      (_, place) => place >= from && group.every((text, index) => left[place + index] === text),
    );
    if (at < 0 || group.length === 0) continue;
    left.splice(at, group.length);
    from = at;
  }
  return left;
}

describe("an interface's filter commands", () => {
  it('are those upstream runs, in its order', () => {
    const score = new Score('network filter: same commands');
    for (const { names } of upstreamCases(corpus, program)) {
      const [name = ''] = names;
      const read = (file: string) => parseNwfilter(readCorpus(folder, `${file}.xml`));
      const commands = filterCommands(instantiate(read(name), variables, read), link).map(({ argv }) => line(argv));
      const actual = withoutCommon(commands);
      const expected = readCommands(readCorpus(folder, `${name}-linux.args`)).map(line);
      const place = expected.findIndex((text, index) => text !== actual[index]);
      const isSame = place < 0 && actual.length === expected.length;
      const at = place < 0 ? expected.length : place;
      const show = (text: string | undefined): string => text?.replaceAll('\u0001', ' ') ?? 'nothing';
      score.count(name, isSame, `${at}: ${show(actual[at])} for ${show(expected[at])}`);
    }
    printScores('Firewall rules of network filters', [score]);
    expect(score.failures).toEqual([]);
    expect(score.total).toBe(39);
  });
});
