/**
 * The bin: a deleted machine stays for some days, with the disks that were to go with it.
 *
 * What is going to be moved is written down before anything moves, and each move is a rename: after a crash at any
 * point the entry still knows where every file belongs, and restoring puts back those that are in the bin.
 */
import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import type { BinEntry } from '../../src-shared/contract/domains.ts';
import { VirError } from '../../src-shared/errors.ts';
import { parseDomain } from '../../src-shared/model/domain/index.ts';
import type { DomainSummary } from '../../src-shared/model/summary.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { readIfThere, writeWhole } from '../host/files.ts';
import { type Connection, need } from './driver.ts';
import type { Logger } from './logger.ts';
import { createDiskUsage, diskPaths } from './usage.ts';

const stored = z.object({
  id: z.string(),
  uri: z.string(),
  uuid: z.string(),
  name: z.string(),
  deletedMs: z.number(),
  purgeMs: z.number(),
  /** Where each file was, and its name in the bin. */
  files: z.array(z.object({ from: z.string(), to: z.string(), isDisk: z.boolean() })),
  xml: z.string(),
  /** What was known of its snapshots, parents first; they themselves are in the disks. */
  snapshots: z.array(z.object({ xml: z.string(), current: z.boolean() })).default([]),
});

type Stored = z.output<typeof stored>;

/** Where files wait beside the place they were in: moving them is a rename, whatever the file system. Not part of a pool. */
export const binFolderName = '.vivarium-bin';

const dayMs = 24 * 60 * 60 * 1000;

export interface BinOptions {
  /** Where entries are kept. */
  readonly folder: string;
  readonly logger: Logger;
  open(uri: string): Promise<Connection>;
  /** How long an entry is kept. */
  days(): number;
  now?(): number;
}

export class Bin {
  readonly #options: BinOptions;

  constructor(options: BinOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly BinEntry[]> {
    return (await this.#entries()).map(publicPart);
  }

  /**
   * Undefines a machine that does not run and moves the disks named (which must be its own) into the bin.
   * @throws VirError when it runs, or a file is not one of its disks, or a file can't be moved: nothing has changed then.
   */
  async delete(uri: string, uuid: string, disks: readonly string[]): Promise<BinEntry> {
    const connection = await this.#options.open(uri);
    const summary = await connection.domains.lookupByUuid(uuid);
    if (summary.id !== undefined) {
      throw refuse(
        say`The machine '${summary.name}' is running and can't be deleted.`,
        say`Shut it down or force it off first.`,
      );
    }
    const xml = await connection.domains.xml(uuid, { inactive: true, secure: true });
    const domain = parseDomain(xml);
    const own = diskPaths(domain);
    const foreign = disks.find((path) => !own.includes(path));
    if (foreign !== undefined) throw refuse(say`'${foreign}' is not a disk of the machine '${summary.name}'.`);
    await refuseShared(connection, summary.name, disks);

    const deletedMs = this.#now();
    const nvram = domain.os?.nvram?.value;
    const leaving = [
      ...disks.map((path) => ({ path, isDisk: true })),
      ...(nvram !== undefined && (await exists(nvram)) ? [{ path: nvram, isDisk: false }] : []),
    ];
    const entry: Stored = {
      id: `${new Date(deletedMs).toISOString().slice(0, 19).replace(/\D/g, '')}-${randomBytes(4).toString('hex')}`,
      uri,
      uuid,
      name: summary.name,
      deletedMs,
      purgeMs: deletedMs + this.#options.days() * dayMs,
      // In the bin beside where they were, so that moving is a rename whatever the file system.
      files: leaving.map(({ path, isDisk }, index) => ({
        from: path,
        to: join(dirname(path), binFolderName, `${deletedMs}-${index}-${basename(path)}`),
        isDisk,
      })),
      xml,
      snapshots: await describedSnapshots(connection, uuid),
    };
    await this.#write(entry);
    try {
      await this.#moveIn(entry);
      await need(connection.domains, 'undefine')(uuid, {
        managedSave: true,
        nvram: 'keep',
        tpm: 'keep',
        ...(entry.snapshots.length === 0 ? {} : { snapshotsMetadata: true }),
      });
    } catch (error) {
      await this.#moveOut(entry);
      await this.#forget(entry.id);
      throw error;
    }
    return publicPart(entry);
  }

  /** @throws VirError naming every file or name that is in the way; nothing has changed then. */
  async restore(id: string): Promise<DomainSummary> {
    const entry = await this.#entry(id);
    const occupied: string[] = [];
    for (const { from, to } of entry.files) if ((await exists(to)) && (await exists(from))) occupied.push(from);
    if (occupied.length > 0) {
      throw refuse(
        say`The machine '${entry.name}' can't be restored: ${occupied.join(', ')} exists again.`,
        say`Move it away first.`,
      );
    }
    const connection = await this.#options.open(entry.uri);
    await this.#moveOut(entry);
    try {
      const summary = await need(connection.domains, 'define')(entry.xml, { author: 'bin' });
      await this.#describeSnapshots(connection, summary.uuid, entry);
      await this.#forget(id);
      return summary;
    } catch (error) {
      await this.#moveIn(entry);
      throw error;
    }
  }

  /** Deletes an entry and its files for good. */
  async purge(id: string): Promise<void> {
    const entry = await this.#entry(id);
    for (const { to } of entry.files) await rm(to, { force: true });
    await this.#tidy(entry);
    await this.#forget(id);
  }

  /** Purges what has been kept long enough. */
  async sweep(): Promise<void> {
    for (const entry of await this.#entries()) {
      if (entry.purgeMs > this.#now()) continue;
      await this.purge(entry.id);
      this.#options.logger.log('info', 'a deleted machine was purged', { name: entry.name, id: entry.id });
    }
  }

  /** A snapshot that can't be known again is told in the log; the machine and its disks are back all the same. */
  async #describeSnapshots({ snapshots }: Connection, uuid: string, entry: Stored): Promise<void> {
    for (const { xml, current } of entry.snapshots) {
      try {
        await snapshots?.create?.(uuid, xml, { redefine: true, ...(current ? { current } : {}) }).result;
      } catch (error) {
        this.#options.logger.log('warn', 'a snapshot of a restored machine can’t be known again', {
          name: entry.name,
          error,
        });
      }
    }
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  async #moveIn(entry: Stored): Promise<void> {
    for (const { from, to } of entry.files) {
      if (!(await exists(from)) || (await exists(to))) continue;
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await rename(from, to);
    }
  }

  async #moveOut(entry: Stored): Promise<void> {
    for (const { from, to } of entry.files) {
      if ((await exists(to)) && !(await exists(from))) await rename(to, from);
    }
    await this.#tidy(entry);
  }

  /** The hidden folders go when nothing is in them any more. */
  async #tidy(entry: Stored): Promise<void> {
    for (const folder of new Set(entry.files.map(({ to }) => dirname(to)))) {
      await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error;
      });
    }
  }

  #path(id: string): string {
    return join(this.#options.folder, `${id}.json`);
  }

  async #write(entry: Stored): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    await writeWhole(this.#path(entry.id), `${JSON.stringify(entry, undefined, 2)}\n`, { mode: 0o600 });
  }

  async #forget(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  async #entry(id: string): Promise<Stored> {
    const found = (await this.#entries()).find((entry) => entry.id === id);
    if (found !== undefined) return found;
    throw new VirError({ code: 'invalid-arg', domain: 'none', message: say`There is no machine '${id}' in the bin.` });
  }

  /** Newest first. A file that is not an entry is named in the log and left alone. */
  async #entries(): Promise<readonly Stored[]> {
    const names = await readdir(this.#options.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const entries: Stored[] = [];
    for (const name of names.filter((candidate) => candidate.endsWith('.json'))) {
      const path = join(this.#options.folder, name);
      const parsed = stored.safeParse(json(readIfThere(path)));
      if (parsed.success && `${parsed.data.id}.json` === name) entries.push(parsed.data);
      else this.#options.logger.log('warn', 'a file in the bin is not an entry and is left alone', { path });
    }
    return entries.sort((a, b) => b.deletedMs - a.deletedMs);
  }
}

/** A disk that another machine uses too can't go with this one. */
async function refuseShared(connection: Connection, name: string, disks: readonly string[]): Promise<void> {
  if (disks.length === 0) return;
  const users = await createDiskUsage().diskUsers(connection);
  for (const path of disks) {
    const others = (users.get(path) ?? []).filter((user) => user !== name);
    if (others.length === 0) continue;
    throw refuse(
      say`The disk '${path}' can't be deleted with '${name}': ${others.join(', ')} uses it too.`,
      say`Leave this disk where it is.`,
    );
  }
}

function publicPart({ id, uri, uuid, name, deletedMs, purgeMs, files }: Stored): BinEntry {
  return {
    id,
    uri,
    uuid,
    name,
    deletedMs,
    purgeMs,
    disks: files.filter((file) => file.isDisk).map((file) => file.from),
  };
}

function json(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What a domain's snapshots are described by, parents first. */
async function describedSnapshots({ snapshots }: Connection, uuid: string): Promise<Stored['snapshots']> {
  if (snapshots?.create === undefined) return [];
  const all = await snapshots.list(uuid).catch((error: unknown) => {
    // A server whose hypervisor has none.
    if (error instanceof VirError && error.code === 'no-support') return [];
    throw error;
  });
  return await Promise.all(
    all.map(async ({ name, isCurrent }) => ({
      xml: await snapshots.xml(uuid, name, { secure: true }),
      current: isCurrent,
    })),
  );
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

const refuse = (message: Sentence, fix?: Sentence): VirError =>
  new VirError({ code: 'operation-invalid', domain: 'none', message, ...(fix === undefined ? {} : { fix }) });
