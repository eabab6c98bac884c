/** Finds out what a plan needs to know: from the connection, the catalogue and the files named. */
import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { Creation, MediumInfo } from '../../src-shared/contract/create.ts';
import { VirError } from '../../src-shared/errors.ts';
import { type Capabilities, parseCapabilities } from '../../src-shared/model/capabilities.ts';
import { type DomainCapabilities, parseDomainCapabilities } from '../../src-shared/model/domain-capabilities.ts';
import { say } from '../../src-shared/words.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { HostAmounts } from '../catalogue/os-resources.ts';
import type { Connection } from '../engine/driver.ts';
import type { DiskUsage } from '../engine/usage.ts';
import { resolveBackingChain } from '../storage/backing-chain.ts';
import { type CreationFacts, type HostFigures, type MachineAbilities, needsPool, type SourceImage } from './facts.ts';
import { storageOf } from './run.ts';
import { findSmallLinux } from './small-linux.ts';

export interface GatherParts {
  readonly connection: Connection;
  readonly catalogue: Catalogue;
  readonly usage: DiskUsage;
  readonly cacheFolder: string;
}

export async function gatherFacts(spec: Creation, uuid: string, parts: GatherParts): Promise<CreationFacts> {
  const { connection, catalogue } = parts;
  const [abilities, host, domains, medium] = await Promise.all([
    findAbilities(connection, spec),
    hostFigures(connection),
    connection.domains.list(),
    findMedium(spec, catalogue),
  ]);
  // An empty id is what an unknown system has.
  const osId = spec.osId === undefined || spec.osId === '' ? medium.medium?.os?.id : spec.osId;
  const [os, resources, image, pool, firstFreePort] = await Promise.all([
    osId === undefined ? undefined : catalogue.find(osId),
    catalogue.resources(osId, { ...host, arch: abilities.architecture }),
    findImage(spec, parts),
    findPool(spec, connection),
    firstUnprivilegedPort(),
  ]);
  return {
    ...{ abilities, host, os, resources, uuid, firstFreePort, nowMs: Date.now() },
    names: new Set(domains.map(({ name }) => name)),
    ...medium,
    ...(connection.isElsewhere === true ? { isElsewhere: true } : {}),
    ...(image === undefined ? {} : { image }),
    ...(pool === undefined ? {} : { pool }),
    volumes: new Set(
      pool === undefined ? [] : (await storageOf(connection).volumes(pool.uuid)).map(({ name }) => name),
    ),
  };
}

export async function hostFigures(connection: Connection): Promise<HostFigures> {
  const node = await connection.nodeInfo?.();
  const free = await connection.freeMemoryBytes?.();
  const memoryKiB = node?.memoryKiB ?? Math.floor(totalmem() / 1024);
  return {
    cpus: node?.cpus ?? cpus().length,
    memoryKiB,
    freeMemoryKiB: free === undefined ? memoryKiB : Math.floor(free / 1024),
  };
}

/** What recommendations are bounded by. */
export async function hostAmounts(connection: Connection): Promise<HostAmounts> {
  return { ...(await hostFigures(connection)), arch: (await hostCapabilities(connection))?.arch ?? 'x86_64' };
}

async function hostCapabilities(
  connection: Connection,
): Promise<{ readonly capabilities: Capabilities; readonly arch: string | undefined } | undefined> {
  const xml = await connection.capabilities?.();
  if (xml === undefined) return undefined;
  const capabilities = parseCapabilities(xml);
  return { capabilities, arch: capabilities.host?.cpu?.arch };
}

async function findAbilities(connection: Connection, { machine }: Creation): Promise<MachineAbilities> {
  const host = await hostCapabilities(connection);
  const architecture = host?.arch ?? 'x86_64';
  const notice = (await connection.notices?.())?.find(({ id }) => id === 'notice.no-kvm');
  const offered = host?.capabilities.guest
    .filter(({ arch }) => arch?.name === architecture)
    .flatMap(({ arch }) => arch?.domain.map(({ type }) => type) ?? []);
  const canAccelerate = notice === undefined && (offered === undefined || offered.includes('kvm'));
  const virtType = canAccelerate ? 'kvm' : offered?.includes('test') === true ? 'test' : 'qemu';
  const xml = await connection.domainCapabilities?.({ architecture, machine, virtType });
  return {
    ...{ virtType, architecture },
    ...(notice === undefined || virtType === 'kvm' ? {} : { noKvmReason: notice.fix ?? notice.message }),
    ...(xml === undefined ? {} : fromDomainCapabilities(parseDomainCapabilities(xml))),
  };
}

function fromDomainCapabilities({ os, devices }: DomainCapabilities): Partial<MachineAbilities> {
  const values = (
    capability: { readonly enum: readonly { readonly name: string; readonly value: readonly string[] }[] } | undefined,
    name: string,
  ): readonly string[] | undefined => capability?.enum.find((item) => item.name === name)?.value;
  const graphics = values(devices?.graphics, 'type');
  const videos = values(devices?.video, 'modelType');
  const firmware = values(os, 'firmware');
  const secure = values(os?.loader, 'secure');
  const tpm = devices?.tpm;
  return {
    ...(graphics === undefined ? {} : { graphics }),
    ...(videos === undefined ? {} : { videos }),
    ...(firmware === undefined ? {} : { efi: firmware.includes('efi') }),
    ...(secure === undefined ? {} : { secureBoot: secure.includes('yes') }),
    ...(tpm === undefined ? {} : { tpm: tpm.supported && values(tpm, 'backendModel')?.includes('emulator') === true }),
  };
}

type FoundMedium = { readonly medium?: MediumInfo; readonly mediumProblem?: string };

async function findMedium({ source }: Creation, catalogue: Catalogue): Promise<FoundMedium> {
  if (!('path' in source)) return {};
  try {
    return { medium: await catalogue.identify(source.path) };
  } catch (thrown) {
    if (!(thrown instanceof VirError)) throw thrown;
    return { mediumProblem: thrown.data.cause ?? thrown.data.message };
  }
}

/** What `<driver type>` of a disk can say, and QEMU runs a guest on. */
const runnable = new Set(['raw', 'iso', 'qcow2', 'vmdk', 'vdi', 'vpc', 'qed', 'qcow']);

async function findImage(spec: Creation, parts: GatherParts): Promise<SourceImage | undefined> {
  const { source } = spec;
  const reference =
    source.type === 'small-linux'
      ? await findSmallLinux(parts.cacheFolder)
      : source.type === 'disk' || source.type === 'cloud'
        ? { path: source.path, format: source.format }
        : undefined;
  if (reference === undefined) {
    if (source.type !== 'small-linux') return undefined;
    const problem = 'It has not been built: run npm start in the source folder, which does.';
    return { path: 'small.qcow2', format: 'qcow2', virtualSizeBytes: 0, allocatedBytes: 0, usedBy: [], problem };
  }
  const { path, format } = reference;
  const usedBy = (await parts.usage.diskUsers(parts.connection)).get(path) ?? [];
  try {
    const chain = await resolveBackingChain({ path, format });
    const inPlace = source.type === 'disk' && source.mode === 'reference' && parts.connection.isElsewhere !== true;
    return {
      ...{ path, format, usedBy },
      virtualSizeBytes: chain[0]?.virtualSizeBytes ?? 0,
      allocatedBytes: chain.reduce((sum, layer) => sum + layer.allocatedBytes, 0),
      ...(inPlace && !runnable.has(format)
        ? { problem: `A machine can't run on ${format} itself. Let it be copied, which converts it.` }
        : {}),
    };
  } catch (thrown) {
    if (!(thrown instanceof VirError)) throw thrown;
    const problem = [thrown.data.cause ?? thrown.data.message, thrown.data.fix].filter(Boolean).join(' ');
    return { path, format, virtualSizeBytes: 0, allocatedBytes: 0, usedBy, problem };
  }
}

async function findPool(spec: Creation, connection: Connection): Promise<CreationFacts['pool']> {
  if (!needsPool(spec, connection.isElsewhere)) return undefined;
  const storage = storageOf(connection);
  const pool = spec.disk?.pool === undefined ? await storage.defaultPool() : await storage.poolByUuid(spec.disk.pool);
  const { path } = pool;
  if (path !== undefined) return { ...pool, path };
  throw new VirError({
    code: 'no-support',
    domain: 'storage',
    message: say`New disks can't be made in the pool '${pool.name}' yet: it is no folder.`,
  });
}

async function firstUnprivilegedPort(): Promise<number> {
  if (process.getuid?.() === 0) return 0;
  try {
    return Number((await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')).trim());
  } catch {
    // Only Linux says so; this is what holds where nothing does.
    return 1024;
  }
}
