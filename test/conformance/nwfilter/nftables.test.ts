/** Upstream's own filters as nftables' statements: all that nftables has words for, taken by the host's own `nft`. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { instantiate } from '../../../src-main/network/nwfilter/instances.ts';
import { filterScript } from '../../../src-main/network/nwfilter/nft-script.ts';
import { predefinedFilters } from '../../../src-main/network/nwfilter/predefined.ts';
import { type Nwfilter, parseNwfilter } from '../../../src-shared/model/nwfilter.ts';
import { corpusDir } from '../../support/corpus.ts';
import { printScores, Score } from '../xml/round-trip.ts';

const folder = join(corpusDir(), 'nwfilterxml2firewalldata');

const variables = {
  ...{ MAC: ['52:54:00:11:22:33'], IP: ['10.0.0.1'], IPV6: ['fd00::1'], GATEWAY_MAC: ['52:54:00:11:22:34'] },
  ...{ A: ['1.1.1.1', '2.2.2.2', '3.3.3.3', '3.3.3.3'], B: ['80', '90', '80', '80'], IPSETNAME: ['tck_test'] },
  ...{ C: ['1080', '1090', '1100', '1110'], DHCPSERVER: ['10.0.0.2'] },
};
const withServer6 = { ...variables, DHCPSERVER: ['fd00::2'] };

/** What nftables has no words for. */
const impossible: Readonly<Record<string, RegExp>> = {
  arp: /gratuitous ARP/,
  ipset: /IP sets/,
};

const predefined = new Map(predefinedFilters().map((filter) => [filter.name, filter]));
const inCorpus = (name: string): Nwfilter => parseNwfilter(readFileSync(join(folder, `${name}.xml`), 'utf8'));

/** What `nft` complains about; a kernel without connections of bridges says so by a protocol error. */
function complaints(script: string): string {
  const argv = ['--net', 'nft', '--check', '-f', '-'];
  const { status, stderr } = spawnSync('unshare', argv, { input: script, encoding: 'utf8', timeout: 20_000 });
  if (status === 0) return '';
  const isKernel = /Protocol error|No such file or directory; did you mean|No buffer space/;
  return stderr
    .split('\n')
    .filter((line) => line.includes('Error:') && !isKernel.test(line))
    .join('\n');
}

describe.skipIf(process.getuid?.() !== 0)("upstream's filters", () => {
  it('become a transaction that nft takes, or are refused by name', () => {
    const score = new Score('network filter: nftables');
    const filters = [
      ...readdirSync(folder)
        .filter((name) => name.endsWith('.xml'))
        .map((name) => ({ name: name.slice(0, -4), filter: inCorpus(name.slice(0, -4)) })),
      ...[...predefined].map(([name, filter]) => ({ name, filter })),
    ];
    for (const { name, filter } of filters) {
      const values = name.startsWith('allow-dhcpv6') ? withServer6 : variables;
      const expected = impossible[name];
      try {
        const rules = instantiate(filter, values, (wanted) => predefined.get(wanted));
        const said = complaints(filterScript('vivarium_test', [{ link: 'vnet0', rules }], { reject: false }));
        score.count(name, said === '' && expected === undefined, said);
      } catch (thrown) {
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        score.count(name, expected?.test(message) === true, message);
      }
    }
    printScores("Network filters in nftables' words", [score]);
    expect(score.failures).toEqual([]);
    expect(score.total).toBe(65);
  });
});
