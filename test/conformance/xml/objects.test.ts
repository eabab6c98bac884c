import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capabilitiesSchema } from '../../../src-shared/model/capabilities.ts';
import { checkpointSchema } from '../../../src-shared/model/checkpoint.ts';
import { domainCapabilitiesSchema } from '../../../src-shared/model/domain-capabilities.ts';
import { hostInterfaceSchema } from '../../../src-shared/model/host-interface.ts';
import { networkSchema } from '../../../src-shared/model/network.ts';
import { nodeDeviceSchema } from '../../../src-shared/model/node-device.ts';
import { normaliseNetwork, normaliseStoragePool, normaliseStorageVolume } from '../../../src-shared/model/normalise.ts';
import { normaliseNwfilter } from '../../../src-shared/model/nwfilter-normalise.ts';
import { nwfilterSchema } from '../../../src-shared/model/nwfilter.ts';
import { networkPortSchema } from '../../../src-shared/model/network-port.ts';
import { secretSchema } from '../../../src-shared/model/secret.ts';
import { snapshotSchema } from '../../../src-shared/model/snapshot.ts';
import { parseStoragePool, storagePoolSchema } from '../../../src-shared/model/storage-pool.ts';
import { storageVolumeSchema } from '../../../src-shared/model/storage-volume.ts';
import type { AnySchema, ModelOf } from '../../../src-shared/xml/schema.ts';
import { corpusDir } from '../../support/corpus.ts';
import { compare, printScores, readCorpus, roundTrip, Score, xmlFiles } from './round-trip.ts';
import { type UpstreamCase, upstreamCases } from './upstream-tests.ts';

const corpus = corpusDir();

interface Kind<S extends AnySchema> {
  readonly name: string;
  readonly schema: S;
  readonly input: string;
  /** The folder of what is expected; a file that is not there is expected to come out as it went in. */
  readonly output: string;
  /** The upstream program that says which files count, and which must be refused. */
  readonly program?: string;
  readonly outputName?: (name: string) => string;
  readonly change?: (model: ModelOf<S>, names: readonly string[]) => ModelOf<S>;
  /** How many must come out the same, white space aside; the rest has a reason. */
  readonly atLeast: number;
  /** How many may be refused: upstream does too. */
  readonly refused?: number;
}

const kind = <S extends AnySchema>(description: Kind<S>): (() => Score[]) => {
  const {
    name,
    schema,
    input,
    output,
    program,
    outputName = (file) => file,
    change,
    atLeast,
    refused: allowed = 0,
  } = description;
  return () => {
    const same = new Score(`${name}: same after white space`);
    const bytes = new Score(`${name}: same bytes`);
    const whole = new Score(`${name}: nothing lost, stable`);
    const refused = new Score(`${name}: refused as upstream does`);
    const folder = join(corpus, input);
    const all: UpstreamCase[] =
      program === undefined
        ? xmlFiles(folder).map((file) => ({ macro: 'DO_TEST', names: [file.slice(0, -4)] }))
        : upstreamCases(corpus, program);
    for (const { macro, names } of all) {
      const file = `${names.at(-1)}.xml`;
      if (!existsSync(join(folder, file))) continue;
      const source = readCorpus(folder, file);
      const plain = roundTrip(schema, source);
      if (macro.includes('PARSE_ERROR') || plain.issue !== undefined) {
        refused.count(file, plain.issue !== undefined, 'it was read');
        continue;
      }
      whole.count(file, plain.lost?.length === 0 && plain.stable === true, plain.lost?.join(' '));
      const result = change === undefined ? plain : roundTrip(schema, source, (model) => change(model, names));
      const expectedFile = `${outputName(names.at(-1) ?? '')}.xml`;
      const there = existsSync(join(corpus, output, expectedFile));
      const expected = there ? readCorpus(join(corpus, output), expectedFile) : source;
      const difference = compare(result.output ?? '', expected);
      same.count(file, difference === undefined, difference);
      bytes.count(file, result.output === expected);
    }
    expect(whole.failures, name).toEqual([]);
    expect(refused.failures, name).toEqual([]);
    expect(refused.total, `${name}: refused`).toBe(allowed);
    expect(same.passed, JSON.stringify(same.failures, undefined, 1)).toBeGreaterThanOrEqual(atLeast);
    return [same, bytes, ...(refused.total > 0 ? [refused] : [])];
  };
};

const poolTypes = new Map<string, ReturnType<typeof parseStoragePool>['type']>();
const poolType = (name: string): ReturnType<typeof parseStoragePool>['type'] => {
  const known =
    poolTypes.get(name) ?? parseStoragePool(readCorpus(join(corpus, 'storagepoolxml2xmlin'), `${name}.xml`)).type;
  poolTypes.set(name, known);
  return known;
};

const kinds: readonly (() => Score[])[] = [
  kind({
    name: 'network',
    schema: networkSchema,
    input: 'networkxml2xmlin',
    output: 'networkxml2xmlout',
    program: 'networkxml2xmltest.c',
    change: normaliseNetwork,
    atLeast: 42,
    refused: 4,
  }),
  kind({
    name: 'storage pool',
    schema: storagePoolSchema,
    input: 'storagepoolxml2xmlin',
    output: 'storagepoolxml2xmlout',
    program: 'storagepoolxml2xmltest.c',
    change: normaliseStoragePool,
    atLeast: 38,
  }),
  kind({
    name: 'storage volume',
    schema: storageVolumeSchema,
    input: 'storagevolxml2xmlin',
    output: 'storagevolxml2xmlout',
    program: 'storagevolxml2xmltest.c',
    change: (volume, names) => normaliseStorageVolume(volume, poolType(names[0] ?? '')),
    atLeast: 20,
  }),
  kind({
    name: 'network filter',
    schema: nwfilterSchema,
    input: 'nwfilterxml2xmlin',
    output: 'nwfilterxml2xmlout',
    // Upstream marks inputs that libvirt reads although its schema refuses them.
    outputName: (name) => name.replace(/-invalid$/, ''),
    change: normaliseNwfilter,
    // The rest: upstream forgets that an address is a mapped one when its mask is given as an address too.
    atLeast: 38,
  }),
  kind({
    name: 'snapshot',
    schema: snapshotSchema,
    input: 'qemudomainsnapshotxml2xmlout',
    output: 'qemudomainsnapshotxml2xmlout',
    atLeast: 16,
  }),
  kind({
    name: 'checkpoint',
    schema: checkpointSchema,
    input: 'qemudomaincheckpointxml2xmlout',
    output: 'qemudomaincheckpointxml2xmlout',
    atLeast: 7,
  }),
  kind({
    name: 'node device',
    schema: nodeDeviceSchema,
    input: 'nodedevschemadata',
    output: 'nodedevxml2xmlout',
    // The rest: numbers upstream's test makes up.
    atLeast: 43,
    refused: 3,
  }),
  kind({
    name: 'host interface',
    schema: hostInterfaceSchema,
    input: 'interfaceschemadata',
    output: 'interfaceschemadata',
    atLeast: 19,
  }),
  kind({
    name: 'network port',
    schema: networkPortSchema,
    input: 'virnetworkportxml2xmldata',
    output: 'virnetworkportxml2xmldata',
    atLeast: 7,
  }),
  kind({ name: 'secret', schema: secretSchema, input: 'secretxml2xmlin', output: 'secretxml2xmlin', atLeast: 7 }),
  kind({
    name: 'host capabilities',
    schema: capabilitiesSchema,
    input: 'vircaps2xmldata',
    output: 'vircaps2xmldata',
    atLeast: 11,
  }),
  kind({
    name: 'domain capabilities',
    schema: domainCapabilitiesSchema,
    input: 'domaincapsdata',
    output: 'domaincapsdata',
    atLeast: 61,
  }),
];

describe('the XML of the other objects', () => {
  it('comes out as upstream expects', () => {
    printScores(
      'XML of networks, storage, snapshots, filters, devices, capabilities',
      kinds.flatMap((run) => run()),
    );
  });
});
