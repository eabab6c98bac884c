/**
 * What is kept of snapshots: one file each in a folder a domain, `UUID/NAME.xml`, in libvirt's own form, each written
 * whole. A file that can't be used is named and left alone.
 */
import { existsSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { formatSnapshot, parseSnapshot } from '../../../src-shared/model/snapshot.ts';
import { removeIfThere, temporaryFilePattern, writeWhole } from '../../host/files.ts';
import type { Logger } from '../logger.ts';
import type { KeptSnapshot } from './snapshot-set.ts';

export interface StoredSnapshots {
  readonly snapshots: readonly KeptSnapshot[];
  readonly current: string | undefined;
  /** Names of those that were being taken when an engine ended: the images may have them, whole or not. */
  readonly unfinished: readonly string[];
}

/** Says that a snapshot is being taken. */
const takingEnding = '.taking';

export class SnapshotStore {
  readonly #folder: string;
  readonly #logger: Logger;

  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** Of one domain. Of two that say the domain is at them (a crash while it moved) the one written last is believed. */
  load(uuid: string): StoredSnapshots {
    const folder = join(this.#folder, uuid);
    if (!existsSync(folder)) return { snapshots: [], current: undefined, unfinished: [] };
    const snapshots: KeptSnapshot[] = [];
    const unfinished: string[] = [];
    let current: { readonly name: string; readonly modifiedMs: number } | undefined;
    for (const file of readdirSync(folder)) {
      const path = join(folder, file);
      if (temporaryFilePattern.test(file)) removeIfThere(path);
      if (file.endsWith(takingEnding)) unfinished.push(basename(file, takingEnding));
      if (!file.endsWith('.xml')) continue;
      try {
        const { active, ...snapshot } = parseSnapshot(readFileSync(path, 'utf8'));
        const name = basename(file, '.xml');
        if (snapshot.name !== name) throw new Error(`It is of a snapshot '${snapshot.name ?? ''}'.`);
        snapshots.push({ ...snapshot, name });
        const modifiedMs = statSync(path).mtimeMs;
        if (active === 1 && (current === undefined || current.modifiedMs <= modifiedMs)) current = { name, modifiedMs };
      } catch (error) {
        this.#logger.log('warn', 'a file of a snapshot can’t be used and is left alone', { path, error });
      }
    }
    return { snapshots, current: current?.name, unfinished };
  }

  /** Written before anything is taken, so that the next engine knows whose what it finds in an image is. */
  async begin(uuid: string, name: string): Promise<void> {
    const folder = join(this.#folder, uuid);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeWhole(join(folder, `${name}${takingEnding}`), '');
  }

  /** It was taken and written, or taken back. */
  done(uuid: string, name: string): void {
    removeIfThere(join(this.#folder, uuid, `${name}${takingEnding}`));
    this.#removeEmptyFolder(uuid);
  }

  async write(uuid: string, snapshot: KeptSnapshot, isCurrent: boolean): Promise<void> {
    const folder = join(this.#folder, uuid);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeWhole(join(folder, `${snapshot.name}.xml`), formatSnapshot({ ...snapshot, active: isCurrent ? 1 : 0 }));
  }

  remove(uuid: string, name: string): void {
    removeIfThere(join(this.#folder, uuid, `${name}.xml`));
    this.#removeEmptyFolder(uuid);
  }

  /** Everything of one domain that could be read; what could not stays. */
  removeAll(uuid: string, names: readonly string[]): void {
    for (const name of names) this.remove(uuid, name);
  }

  #removeEmptyFolder(uuid: string): void {
    const folder = join(this.#folder, uuid);
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}
