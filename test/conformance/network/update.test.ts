import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VirError } from '../../../src-shared/errors.ts';
import {
  type NetworkSection,
  type NetworkUpdateCommand,
  updateNetwork,
} from '../../../src-shared/model/network-update.ts';
import { formatNetwork, parseNetwork } from '../../../src-shared/model/network.ts';
import { normaliseNetwork } from '../../../src-shared/model/normalise.ts';
import { corpusDir } from '../../support/corpus.ts';
import { compare, printScores, readCorpus, Score } from '../xml/round-trip.ts';

const corpus = corpusDir();

interface Case {
  readonly title: string;
  readonly update: string;
  readonly network: string;
  /** What it becomes; absent when it must be refused. */
  readonly result: string | undefined;
  readonly command: NetworkUpdateCommand;
  readonly section: NetworkSection;
}

/** A constant's last words as `virsh` spells them: `VIR_NETWORK_SECTION_DNS_HOST` is `dns-host`. */
const word = (constant: string, prefix: string): string =>
  constant.slice(prefix.length).toLowerCase().replaceAll('_', '-');

/** The cases as upstream's program lists them, each under the section named last before it. */
function cases(): Case[] {
  const source = readFileSync(join(corpus, 'networkxml2xmlupdatetest.c'), 'utf8');
  const found: Case[] = [];
  let section = '';
  for (const [, sectionName, isRefused, names = '', command = ''] of source.matchAll(
    /section = (VIR_NETWORK_SECTION_\w+);|^ {4}DO_TEST(?:_INDEX)?(_FAIL|_INDEX_FAIL)?\(((?:"[^"]*",\s*)+)(VIR_NETWORK_UPDATE_COMMAND_\w+)/gm,
  )) {
    if (sectionName !== undefined) {
      section = word(sectionName, 'VIR_NETWORK_SECTION_');
      continue;
    }
    const [title = '', update = '', network = '', result] = [...names.matchAll(/"([^"]*)"/g)].map((match) => match[1]);
    found.push({
      ...{ title, update, network },
      result: isRefused === undefined ? result : undefined,
      command: word(command, 'VIR_NETWORK_UPDATE_COMMAND_') as NetworkUpdateCommand,
      section: section as NetworkSection,
    });
  }
  return found;
}

const outcome = (test: Case): string => {
  const network = normaliseNetwork(parseNetwork(readCorpus(join(corpus, 'networkxml2xmlin'), `${test.network}.xml`)));
  const xml = readCorpus(join(corpus, 'networkxml2xmlupdatein'), `${test.update}.xml`);
  const { command, section } = test;
  // Upstream's program hands its index over as flags: whatever its table says, the first <ip> is meant.
  return formatNetwork(updateNetwork(network, { command, section, parentIndex: 0, xml }));
};

describe('changing one entry of a network', () => {
  it('gives the network upstream expects, or is refused as there', () => {
    const changed = new Score('network update: same network');
    const refused = new Score('network update: refused as upstream does');
    for (const test of cases()) {
      const name = `${test.section} ${test.title}`;
      if (test.result === undefined) {
        let thrown: unknown;
        try {
          outcome(test);
        } catch (error) {
          thrown = error;
        }
        refused.count(name, thrown instanceof VirError, String(thrown));
        continue;
      }
      const expected = readCorpus(join(corpus, 'networkxml2xmlupdateout'), `${test.result}.xml`);
      const difference = compare(outcome(test), expected);
      changed.count(name, difference === undefined, difference);
    }
    printScores('Changes of networks', [changed, refused]);
    expect(changed.failures).toEqual([]);
    expect(refused.failures).toEqual([]);
    expect([changed.total, refused.total]).toEqual([21, 20]);
  });
});
