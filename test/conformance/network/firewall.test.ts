import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chainQueries, missingChains, ruleCommands } from '../../../src-main/network/firewall/iptables.ts';
import { networkRules } from '../../../src-main/network/firewall/rules.ts';
import { parseNetwork } from '../../../src-shared/model/network.ts';
import { corpusDir } from '../../support/corpus.ts';
import { printScores, readCorpus, Score } from '../xml/round-trip.ts';
import { upstreamCases } from '../xml/upstream-tests.ts';
import { readCommands } from './arguments.ts';

const corpus = corpusDir();
const folder = join(corpus, 'networkxml2firewalldata');

describe("a network's iptables commands", () => {
  it('are those upstream runs, in its order', () => {
    const score = new Score('iptables: same commands');
    for (const { names } of upstreamCases(corpus, 'networkxml2firewalltest.c')) {
      const [name = ''] = names;
      const network = parseNetwork(readCorpus(folder, `${name}.xml`));
      const commands = ruleCommands(networkRules(network, network.bridge?.name ?? ''));
      const expected = readCommands(readCorpus(folder, `${name}-linux.args`));
      const place = expected.findIndex((words, index) => words.join(' ') !== commands[index]?.join(' '));
      const isSame = place < 0 && commands.length === expected.length;
      score.count(name, isSame, `${place}: ${commands[place]?.join(' ')} for ${expected[place]?.join(' ')}`);
    }
    printScores('Firewall rules of networks', [score]);
    expect(score.failures).toEqual([]);
    expect(score.total).toBe(7);
  });

  it('make the private chains as upstream does', () => {
    const commands = (['ipv4', 'ipv6'] as const).flatMap((family) => [
      ...chainQueries(family),
      ...missingChains(family),
    ]);
    expect(commands).toEqual(readCommands(readCorpus(folder, 'base.args')));
  });
});
