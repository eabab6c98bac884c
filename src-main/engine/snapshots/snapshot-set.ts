/** The snapshots of one domain: who is whose parent, and which one the domain is at. */
import type { ErrorDomain } from '../../../src-shared/errors.ts';
import type { Snapshot } from '../../../src-shared/model/snapshot.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { noSnapshot, snapshotError } from './errors.ts';

/** A snapshot that has what every kept one has. */
export type KeptSnapshot = Snapshot & { readonly name: string };

export class SnapshotSet {
  readonly #errorDomain: ErrorDomain;
  readonly #snapshots = new Map<string, KeptSnapshot>();
  current: string | undefined;
  /** Those that were being taken when an engine ended. */
  readonly unfinished = new Set<string>();

  constructor(errorDomain: ErrorDomain) {
    this.#errorDomain = errorDomain;
  }

  get size(): number {
    return this.#snapshots.size;
  }

  /** Parents before their children, else by age, else by name. */
  all(): readonly KeptSnapshot[] {
    const ordered = [...this.#snapshots.values()].toSorted(
      (a, b) => (a.creationTime ?? 0) - (b.creationTime ?? 0) || (a.name < b.name ? -1 : 1),
    );
    const result: KeptSnapshot[] = [];
    const visit = (found: KeptSnapshot): void => {
      result.push(found);
      for (const child of ordered) if (child.parent?.name === found.name) visit(child);
    };
    for (const root of ordered) if (!this.#hasParent(root)) visit(root);
    return result;
  }

  find(name: string): KeptSnapshot | undefined {
    return this.#snapshots.get(name);
  }

  /** @throws VirError `no-domain-snapshot` */
  get(name: string): KeptSnapshot {
    const found = this.#snapshots.get(name);
    if (found === undefined) throw noSnapshot(this.#errorDomain, name);
    return found;
  }

  put(snapshot: KeptSnapshot): void {
    this.#snapshots.set(snapshot.name, snapshot);
  }

  remove(name: string): void {
    this.#snapshots.delete(name);
    if (this.current === name) this.current = undefined;
  }

  children(name: string): readonly KeptSnapshot[] {
    return this.all().filter(({ parent }) => parent?.name === name);
  }

  /** Everything below, parents before their children. */
  descendants(name: string): readonly KeptSnapshot[] {
    return this.children(name).flatMap((child) => [child, ...this.descendants(child.name)]);
  }

  /**
   * Whether a snapshot may have this parent.
   * @throws VirError `invalid-arg` when the parent is missing, itself, or one of its own descendants.
   */
  checkParent(name: string, parent: string | undefined): void {
    if (parent === undefined) return;
    const refuse = (message: Sentence): Error => snapshotError(this.#errorDomain, 'invalid-arg', message);
    if (parent === name) throw refuse(say`cannot set moment ${name} as its own parent`);
    let above = this.#snapshots.get(parent);
    if (above === undefined) throw refuse(say`parent ${parent} for moment ${name} not found`);
    while (above?.parent !== undefined) {
      if (above.parent.name === name) throw refuse(say`parent ${above.name} would create cycle to ${name}`);
      above = this.#snapshots.get(above.parent.name);
    }
  }

  #hasParent({ parent }: KeptSnapshot): boolean {
    return parent !== undefined && this.#snapshots.has(parent.name);
  }
}

/** The snapshot under another parent, or none. */
export function withParent(snapshot: KeptSnapshot, parent: string | undefined): KeptSnapshot {
  const { parent: _parent, ...rest } = snapshot;
  return parent === undefined ? rest : { ...rest, parent: { name: parent } };
}
