import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dnsmasqFiles } from '../../../src-main/network/dnsmasq.ts';
import { parseNetwork } from '../../../src-shared/model/network.ts';
import { corpusDir } from '../../support/corpus.ts';
import { printScores, readCorpus, Score } from '../xml/round-trip.ts';
import { upstreamCases } from '../xml/upstream-tests.ts';

const corpus = corpusDir();
const folder = join(corpus, 'networkxml2confdata');

/** Upstream escapes the network's name in paths. */
const escaped = (name: string): string => name.replaceAll('"', '&quot;');

describe("dnsmasq's files", () => {
  it('are what upstream writes, byte for byte', () => {
    const configurations = new Score('dnsmasq: same configuration');
    const hosts = new Score('dnsmasq: same reservations');
    for (const { names } of upstreamCases(corpus, 'networkxml2conftest.c')) {
      const [name = ''] = names;
      const network = parseNetwork(readCorpus(folder, `${name}.xml`));
      const base = `/var/lib/libvirt/dnsmasq/${escaped(network.name)}`;
      const paths = { hosts: `${base}.hostsfile`, names: `${base}.addnhosts` };
      const files = dnsmasqFiles(network, network.bridge?.name ?? '', paths);
      configurations.count(name, files.configuration === readCorpus(folder, `${name}.conf`), files.configuration);
      const expected = existsSync(join(folder, `${name}.hostsfile`)) ? readCorpus(folder, `${name}.hostsfile`) : '';
      hosts.count(name, files.hosts === expected, files.hosts);
    }
    printScores('Name and address servers of networks', [configurations, hosts]);
    expect(configurations.failures).toEqual([]);
    expect(hosts.failures).toEqual([]);
    expect(configurations.total).toBe(27);
  });
});
