/**
 * Reading what somebody wants a snapshot to be, by libvirt's rules (`virDomainSnapshotDefParse`,
 * `virDomainSnapshotAlignDisks`): what may be said, and what is meant where nothing is said.
 */
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ErrorCode, ErrorDomain } from '../../../src-shared/errors.ts';
import { type Disk, type Domain } from '../../../src-shared/model/domain/index.ts';
import { wholeDomain } from '../../../src-shared/model/domain/domain.ts';
import { parseSnapshot, type Snapshot, type SnapshotDisk } from '../../../src-shared/model/snapshot.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { fromXmlError } from '../domain-errors.ts';
import { snapshotError } from './errors.ts';
import type { KeptSnapshot } from './snapshot-set.ts';

export type SnapshotLocation = 'internal' | 'external';

export interface RequestContext {
  readonly errorDomain: ErrorDomain;
  readonly redefine: boolean;
  /** There will be no memory to save: the machine is off, or only its disks are wanted. */
  readonly offline: boolean;
  readonly nowSeconds: number;
}

/** @throws VirError `xml-error` and its like for what libvirt does not take. */
export function readRequest(xml: string, context: RequestContext): KeptSnapshot {
  let parsed: Snapshot;
  try {
    parsed = parseSnapshot(xml);
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
  const wrong = (message: Sentence, code: ErrorCode = 'xml-error'): Error =>
    snapshotError('domain-snapshot', code, message);
  const { active: _active, revertDisks: _revert, ...said } = parsed;
  let snapshot: KeptSnapshot;
  let { offline } = context;
  if (context.redefine) {
    if (said.name === undefined) throw wrong(say`a redefined snapshot must have a name`);
    if (said.creationTime === undefined)
      throw wrong(say`missing creationTime from existing snapshot`, 'internal-error');
    if (said.state === undefined) throw wrong(say`missing state from existing snapshot`);
    if (said.state === 'nostate') {
      throw wrong(say`Invalid state '${said.state}' in domain snapshot XML`, 'config-unsupported');
    }
    offline = said.state === 'shutoff' || said.state === 'disk-snapshot';
    snapshot = { ...said, name: said.name };
    if (wholeDomain(said.domain) === undefined) delete (snapshot as { domain?: unknown }).domain;
  } else {
    const { description, memory, disks, name = String(context.nowSeconds) } = said;
    snapshot = {
      name,
      ...(description === undefined ? {} : { description }),
      creationTime: context.nowSeconds,
      ...(memory === undefined ? {} : { memory }),
      ...(disks === undefined ? {} : { disks }),
    };
  }
  const memory = readMemory(snapshot.memory, offline, context.redefine, wrong);
  const disks = snapshot.disks?.disk.map((disk) => readDisk(disk, wrong));
  return {
    ...snapshot,
    ...(memory === undefined ? {} : { memory }),
    ...(disks === undefined ? {} : { disks: { disk: disks } }),
  };
}

type Wrong = (message: Sentence, code?: ErrorCode) => Error;

function readMemory(
  said: Snapshot['memory'],
  offline: boolean,
  redefine: boolean,
  wrong: Wrong,
): Snapshot['memory'] | undefined {
  const file = said?.file;
  let where = said?.snapshot;
  if (where === 'manual') throw wrong(say`'manual' memory snapshot mode not supported`);
  if (where === undefined) {
    if (file !== undefined) where = 'external';
    else if (redefine) where = offline ? 'no' : 'internal';
  }
  if (where === undefined) return undefined;
  if (file !== undefined && where !== 'external')
    throw wrong(say`memory filename '${file}' requires external snapshot`);
  if (file === undefined && where === 'external') throw wrong(say`external memory snapshots require a filename`);
  if (offline && where !== 'no') throw wrong(say`memory state cannot be saved with offline or disk-only snapshot`);
  if (file !== undefined && !isAbsolute(file)) throw wrong(say`memory snapshot file path (${file}) must be absolute`);
  return { snapshot: where, ...(file === undefined ? {} : { file }) };
}

function readDisk(disk: SnapshotDisk, wrong: Wrong): SnapshotDisk {
  if (disk.type === 'volume' || disk.type === 'dir') throw wrong(say`unsupported disk snapshot type '${disk.type}'`);
  const path = snapshotDiskPath(disk);
  if (path !== undefined && !isAbsolute(path)) throw wrong(say`disk snapshot image path '${path}' must be absolute`);
  const saysWhere = path !== undefined || disk.driver?.type !== undefined;
  return disk.snapshot === undefined && saysWhere ? { ...disk, snapshot: 'external' } : disk;
}

/** The file or device that a disk's snapshot lies in, or is to. */
export function snapshotDiskPath({ source }: SnapshotDisk): string | undefined {
  return source?.file ?? source?.dev;
}

/** What a disk of a domain reads: a file or device of this host. */
export function diskSourcePath({ source }: Disk): string | undefined {
  if (source === undefined) return undefined;
  if ('file' in source && typeof source.file === 'string' && source.file !== '') return source.file;
  return 'dev' in source && typeof source.dev === 'string' && source.dev !== '' ? source.dev : undefined;
}

/**
 * Gives every disk of the domain its entry, in the domain's order, with a place; those that are new files get a path.
 * @throws VirError `config-unsupported`
 */
export function alignDisks(
  snapshot: KeptSnapshot,
  domain: Domain,
  standard: SnapshotLocation,
  errorDomain: ErrorDomain,
): KeptSnapshot {
  const wrong = (message: Sentence): Error => snapshotError('domain-snapshot', 'config-unsupported', message);
  const wanted = snapshot.disks?.disk ?? [];
  const all = domain.devices?.disk ?? [];
  if (wanted.length > all.length) throw wrong(say`too many disk snapshot requests for domain`);
  if (all.length === 0) return snapshot;
  const mustMatch = standard === 'internal';
  const asked = new Map<string, SnapshotDisk>();
  for (const entry of wanted) {
    const disk = all.find((item) => item.target.dev === entry.name || diskSourcePath(item) === entry.name);
    if (disk === undefined) throw wrong(say`no disk named '${entry.name}'`);
    if (asked.has(disk.target.dev)) throw wrong(say`disk '${entry.name}' specified twice`);
    const own = ownWish(disk);
    let where = entry.snapshot;
    if (where === undefined) where = own !== undefined && (!mustMatch || own === 'no') ? own : standard;
    else if (mustMatch && where !== standard && !(where === 'no' && own === 'no')) {
      throw wrong(say`disk '${entry.name}' must use snapshot mode '${standard}'`);
    }
    const path = snapshotDiskPath(entry);
    if (path !== undefined && where !== 'external') {
      throw wrong(say`file '${path}' for disk '${entry.name}' requires use of external snapshot mode`);
    }
    asked.set(disk.target.dev, { ...entry, name: disk.target.dev, snapshot: where });
  }
  const disks = all.map((disk): SnapshotDisk => {
    const entry = asked.get(disk.target.dev);
    if (entry !== undefined) return entry;
    const where = diskSourcePath(disk) === undefined && isPlain(disk) ? 'no' : (ownWish(disk) ?? standard);
    return { name: disk.target.dev, snapshot: where };
  });
  return { ...snapshot, disks: { disk: nameFiles(disks, all, snapshot.name, errorDomain) } };
}

/** What is only read has nothing to go back to, unless its definition says so. */
const ownWish = ({ snapshot, readonly }: Disk): Disk['snapshot'] => snapshot ?? (readonly === true ? 'no' : undefined);

/** A disk of a file or a device: without a path it is an empty drive. */
const isPlain = ({ type }: Disk): boolean => type === 'file' || type === 'block';

const fileSource = (path: string): NonNullable<SnapshotDisk['source']> => ({ file: path, host: [], seclabel: [] });

/** `disk.qcow2` becomes `disk.NAME`, as libvirt has it. */
function nameFiles(
  disks: readonly SnapshotDisk[],
  all: readonly Disk[],
  name: string,
  errorDomain: ErrorDomain,
): SnapshotDisk[] {
  const taken = new Map<string, string>();
  return disks.map((entry, index) => {
    if (entry.snapshot !== 'external') return entry;
    let path = snapshotDiskPath(entry);
    let named = entry;
    if (path === undefined) {
      const disk = all[index];
      const wrong = (message: Sentence, fix: Sentence): Error =>
        snapshotError(errorDomain, 'config-unsupported', message, { fix });
      const fix = say`Name a file for it: <disk name='${entry.name}'><source file='…'/></disk>.`;
      if ((entry.type ?? 'file') !== 'file') {
        throw wrong(
          say`cannot generate external snapshot name for disk '${entry.name}' on a '${entry.type}' device`,
          fix,
        );
      }
      const original = disk === undefined ? undefined : diskSourcePath(disk);
      if (original === undefined) {
        throw wrong(say`cannot generate external snapshot name for disk '${entry.name}' without source`, fix);
      }
      if (statSync(original, { throwIfNoEntry: false })?.isFile() !== true) {
        throw wrong(
          say`source for disk '${entry.name}' is not a regular file; refusing to generate external snapshot name`,
          fix,
        );
      }
      path = `${original.replace(/\.[^./]*$/, '')}.${name}`;
      const other = taken.get(path);
      if (other !== undefined) {
        throw wrong(
          say`cannot generate external snapshot name for disk '${entry.name}': collision with disk '${other}'`,
          fix,
        );
      }
      named = { ...entry, type: 'file', source: fileSource(path) };
    }
    taken.set(path, entry.name);
    return { ...named, type: named.type ?? 'file', driver: { type: 'qcow2', ...named.driver } };
  });
}

/**
 * What a redefined snapshot may change of the one it replaces (`virDomainSnapshotRedefineValidate`).
 * @throws VirError `invalid-arg`
 */
export function checkRedefinition(
  snapshot: KeptSnapshot,
  domainUuid: string,
  before: KeptSnapshot | undefined,
  diskOnly: boolean,
): void {
  const wrong = (message: Sentence): Error => snapshotError('domain-snapshot', 'invalid-arg', message);
  const { name, state } = snapshot;
  if (diskOnly && state !== 'disk-snapshot') {
    throw wrong(say`disk-only flag for snapshot ${name} requires disk-snapshot state`);
  }
  const uuid = wholeDomain(snapshot.domain)?.uuid;
  if (uuid !== undefined && uuid !== domainUuid) {
    throw wrong(say`definition for snapshot ${name} must use uuid ${domainUuid}`);
  }
  if (before === undefined) return;
  if (isOnline(before) !== isOnline(snapshot)) {
    throw wrong(say`cannot change between online and offline snapshot state in snapshot ${name}`);
  }
  if ((before.state === 'disk-snapshot') !== (state === 'disk-snapshot')) {
    throw wrong(say`cannot change between disk only and full system in snapshot ${name}`);
  }
}

/** It has a machine in it that ran or stood still. */
export const isOnline = ({ state }: Pick<Snapshot, 'state'>): boolean => state === 'running' || state === 'paused';
