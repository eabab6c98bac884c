import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { predefinedFilters } from '../../../src-main/network/nwfilter/predefined.ts';
import { normaliseNwfilter } from '../../../src-shared/model/nwfilter-normalise.ts';
import { type Nwfilter, parseNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { corpusDir } from '../../support/corpus.ts';
import { printScores, Score } from '../xml/round-trip.ts';

const folder = join(corpusDir(), '../src/nwfilter/xml');

/** What a filter says, whoever wrote it: without remarks, IPv6 addresses in small letters, rules and references in their order. */
function meaning(filter: Nwfilter): unknown {
  const { uuid: _, ...rest } = normaliseNwfilter(filter);
  return JSON.parse(
    JSON.stringify(rest, (key, value: unknown) => {
      if (key === '_extra') return undefined;
      return /ip(?:addr|from|to)$/.test(key) ? String(value).toLowerCase() : value;
    }),
  );
}

const difference = (ours: unknown, theirs: unknown): string => {
  try {
    expect(ours).toEqual(theirs);
    return '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
};

describe('the predefined filters', () => {
  it("say what upstream's say, element by element", () => {
    const score = new Score('predefined network filter: same rules');
    const ours = new Map(predefinedFilters().map((filter) => [filter.name, filter]));
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
      const theirs = parseNwfilter(readFileSync(join(folder, file), 'utf8'));
      const own = ours.get(theirs.name);
      const problem = own === undefined ? 'we have none' : difference(meaning(own), meaning(theirs));
      score.count(theirs.name, problem === '', problem);
    }
    printScores('Predefined network filters', [score]);
    expect(score.failures).toEqual([]);
    expect(score.total).toBe(24);
    expect([...ours.keys()].toSorted()).toEqual(
      readdirSync(folder)
        .filter((name) => name.endsWith('.xml'))
        .map((name) => name.slice(0, -4))
        .toSorted(),
    );
  });
});
