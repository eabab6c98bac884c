/** Operating systems and install media, for the form that makes machines. */
import type { MediumInfo, OsInfo, OsResources } from '../../src-shared/contract/create.ts';
import { VirError } from '../../src-shared/errors.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import type { Logger } from '../engine/logger.ts';
import { localImage } from '../storage/backing-chain.ts';
import { type ImageHeader, inspectImage } from '../storage/image-header.ts';
import { type IsoImage, withIso } from './iso9660.ts';
import { type HostAmounts, osInfo, osResources } from './os-resources.ts';
import { loadOsDatabase, type OsDatabase } from './osinfo/database.ts';
import type { OsEntry } from './osinfo/entry.ts';
import type { Environment } from './osinfo/files.ts';
import { identifyMedia, identifyTree } from './osinfo/identify.ts';
import { parseTreeinfo } from './treeinfo.ts';

export interface CatalogueOptions {
  /** `EngineDirectories.cache`. */
  readonly cacheFolder: string;
  readonly logger: Logger;
  readonly env?: Environment;
}

export class Catalogue {
  readonly #options: CatalogueOptions;
  #database: Promise<OsDatabase> | undefined;

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  /** Every known system, by name, the newest version of each first. */
  async operatingSystems(): Promise<readonly OsInfo[]> {
    const { entries } = await this.#load();
    const order = new Intl.Collator('en', { numeric: true });
    return entries
      .map(osInfo)
      .sort(
        (a, b) =>
          order.compare(a.distro ?? a.name, b.distro ?? b.name) || order.compare(b.version ?? '', a.version ?? ''),
      );
  }

  /** By id or short id; undefined when it is not known. */
  async find(osId: string): Promise<OsInfo | undefined> {
    const entry = (await this.#load()).find(osId);
    return entry === undefined ? undefined : osInfo(entry);
  }

  /** What a machine for it should be made of; for an unknown one, what most systems of today want. */
  async resources(osId: string | undefined, host: HostAmounts): Promise<OsResources> {
    const database = await this.#load();
    return osResources(database, osId === undefined ? undefined : database.find(osId), host);
  }

  /**
   * What a file is, by its own bytes.
   * @throws VirError `open-failed` when it can't be read, naming it
   */
  async identify(path: string): Promise<MediumInfo> {
    try {
      const { header, stats } = await inspectImage(path);
      if (!stats.isFile() && !stats.isBlockDevice()) throw cannotOpen(path, say`It is not a file.`);
      const sizeBytes = stats.isFile() ? stats.size : header.virtualSizeBytes;
      if (header.format === 'iso') return await this.#identifyIso(path, sizeBytes);
      return { path, sizeBytes, ...describeDisk(header) };
    } catch (thrown) {
      if (thrown instanceof VirError || !(thrown instanceof Error)) throw thrown;
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === undefined) throw thrown;
      throw cannotOpen(
        path,
        code === 'ENOENT' ? say`There is no such file.` : code === 'EACCES' ? say`It may not be read.` : thrown.message,
        thrown,
      );
    }
  }

  async #identifyIso(path: string, sizeBytes: number): Promise<MediumInfo> {
    const base = { path, kind: 'iso', format: 'iso', sizeBytes, virtualSizeBytes: sizeBytes } as const;
    const found = await withIso(path, async (iso) => {
      const { volume } = iso;
      const os = await this.#osOf(iso);
      return {
        ...base,
        bootable: volume.bootable,
        ...(volume.volumeId === undefined ? {} : { volumeId: volume.volumeId }),
        ...(os === undefined ? {} : { os: osInfo(os) }),
      };
    });
    // UDF alone: nothing here can read more of it.
    return found ?? base;
  }

  async #osOf(iso: IsoImage): Promise<OsEntry | undefined> {
    const database = await this.#load();
    const [match] = identifyMedia(database, iso.volume);
    if (match !== undefined) return match.os;
    const treeinfo = (await iso.read('/.treeinfo')) ?? (await iso.read('/treeinfo'));
    const facts = treeinfo === undefined ? undefined : parseTreeinfo(treeinfo.toString());
    return facts === undefined ? undefined : identifyTree(database, facts);
  }

  /** Loaded when first asked for, again after a failure. */
  #load(): Promise<OsDatabase> {
    this.#database ??= this.#read();
    return this.#database;
  }

  async #read(): Promise<OsDatabase> {
    const { cacheFolder, logger, env } = this.#options;
    try {
      const database = await loadOsDatabase({ cacheFolder, ...(env === undefined ? {} : { env }) });
      for (const problem of database.problems) {
        logger.log('warn', 'A file of the operating system database is left out.', { ...problem });
      }
      if (database.entries.length === 0) {
        logger.log('warn', 'There is no database of operating systems.', { fix: 'Install osinfo-db.' });
      }
      return database;
    } catch (thrown) {
      this.#database = undefined;
      throw thrown;
    }
  }
}

function describeDisk(header: ImageHeader): Omit<MediumInfo, 'path' | 'sizeBytes'> {
  const backing =
    header.backing === undefined ? undefined : (localImage(header.backing.reference)?.path ?? header.backing.reference);
  // A raw file without partitions may be anything.
  const isDisk = header.format !== 'raw' || header.partitionTable !== undefined;
  return {
    kind: isDisk ? 'disk' : 'unknown',
    format: header.format,
    virtualSizeBytes: header.virtualSizeBytes,
    ...(backing === undefined ? {} : { backingPath: backing }),
  };
}

function cannotOpen(path: string, cause: Sentence, thrown?: unknown): VirError {
  return new VirError(
    { code: 'open-failed', domain: 'storage', message: say`The file '${path}' can't be opened.`, cause },
    thrown === undefined ? undefined : { cause: thrown },
  );
}
