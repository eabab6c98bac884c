import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { domainSchema } from '../../../src-shared/model/domain/index.ts';
import { normaliseDomain } from '../../../src-shared/model/domain/normalise.ts';
import { corpusDir } from '../../support/corpus.ts';
import { compare, printScores, readCorpus, roundTrip, Score, xmlFiles } from './round-trip.ts';
import { upstreamCases } from './upstream-tests.ts';

const corpus = corpusDir();

describe('domain XML', () => {
  it("comes out as libvirt's generic test expects, or is refused where it expects that", () => {
    const same = new Score('generic: same after white space');
    const bytes = new Score('generic: same bytes');
    const refused = new Score('generic: refused as upstream does');
    const input = join(corpus, 'genericxml2xmlindata');
    for (const { macro, names } of upstreamCases(corpus, 'genericxml2xmltest.c')) {
      const file = `${names[0]}.xml`;
      if (!existsSync(join(input, file))) continue;
      const source = readCorpus(input, file);
      const result = roundTrip(domainSchema, source, (domain) =>
        normaliseDomain(domain, { hostArchitecture: 'x86_64' }),
      );
      if (macro.startsWith('DO_TEST_FAIL')) {
        refused.count(file, result.issue !== undefined);
        continue;
      }
      const expected = macro === 'DO_TEST_DIFFERENT' ? readCorpus(join(corpus, 'genericxml2xmloutdata'), file) : source;
      const difference = result.output === undefined ? result.issue : compare(result.output, expected);
      same.count(file, difference === undefined, difference);
      bytes.count(file, result.output === expected);
    }
    printScores('domain XML, no driver', [same, bytes, refused]);
    expect(same.failures).toEqual([]);
    expect(same.total).toBeGreaterThanOrEqual(38);
    expect(bytes.passed).toBeGreaterThanOrEqual(38);
    expect(refused.failures).toEqual([]);
  });

  it('is read without an issue unless upstream refuses it, loses nothing, and is stable', () => {
    const parsed = new Score('QEMU corpus: read');
    const lossless = new Score('QEMU corpus: nothing lost');
    const stable = new Score('QEMU corpus: read again the same');
    const folder = join(corpus, 'qemuxml2argvdata');
    const refusedUpstream = new Set(
      upstreamCases(corpus, 'qemuxml2argvtest.c')
        .filter(({ macro }) => macro.includes('PARSE_ERROR'))
        .map(({ names }) => `${names[0]}.xml`),
    );
    for (const file of xmlFiles(folder)) {
      const result = roundTrip(domainSchema, readCorpus(folder, file));
      if (result.issue !== undefined && refusedUpstream.has(file)) continue;
      parsed.count(file, result.issue === undefined, result.issue);
      if (result.issue !== undefined) continue;
      lossless.count(file, result.lost?.length === 0, result.lost?.join(' '));
      stable.count(file, result.stable === true);
    }
    printScores('domain XML, every QEMU definition of upstream', [parsed, lossless, stable]);
    expect(parsed.total).toBeGreaterThanOrEqual(1050);
    expect([...parsed.failures, ...lossless.failures, ...stable.failures]).toEqual([]);
  });

  it('is written byte for byte as libvirt wrote it', () => {
    const bytes = new Score('what libvirt wrote: same bytes');
    const folder = join(corpus, 'qemuxml2xmloutdata');
    for (const file of xmlFiles(folder)) {
      const source = readCorpus(folder, file);
      const { output, issue } = roundTrip(domainSchema, source);
      bytes.count(file, output === source, issue ?? compare(output ?? '', source));
    }
    printScores('domain XML of libvirt', [bytes]);
    expect(bytes.total).toBeGreaterThanOrEqual(600);
    expect(bytes.failures).toEqual([]);
  });
});
