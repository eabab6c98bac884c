/** Snapshots of the server's domains. What lists show of one is in its XML, which the server is asked for besides. */
import { parseSnapshot, type Snapshot } from '../../../src-shared/model/snapshot.ts';
import { type SnapshotSummary, snapshotSummary } from '../../../src-shared/model/snapshot-summary.ts';
import { VirError } from '../../../src-shared/errors.ts';
import type { Emitter, EngineEvent } from '../../engine/events.ts';
import type { Job, JobRegistry } from '../../engine/jobs.ts';
import type {
  SnapshotApi,
  SnapshotCreateOptions,
  SnapshotDeleteOptions,
  SnapshotRevertOptions,
} from '../../engine/snapshot-api.ts';
import type { DomainReference } from '../../rpc/protocol/objects.ts';
import { bits } from './flags.ts';
import type { Inventory } from './inventory.ts';
import type { Link } from './link.ts';

/** A guest's memory takes as long as it takes; pings find out when the server is gone. */
const endlessMs = 2 ** 31 - 1;

export interface RemoteSnapshotParts {
  readonly link: Link;
  readonly inventory: Inventory;
  readonly jobs: JobRegistry;
  readonly uri: string;
  readonly events: Emitter<EngineEvent>;
}

export class RemoteSnapshots implements Required<SnapshotApi> {
  readonly #parts: RemoteSnapshotParts;

  /** The server has no events of snapshots: what this client changes is told by itself. */
  constructor(parts: RemoteSnapshotParts) {
    this.#parts = parts;
  }

  async list(uuid: string): Promise<readonly SnapshotSummary[]> {
    const { link, inventory } = this.#parts;
    const dom = inventory.reference(uuid);
    const { snapshots } = await link.look('domainListAllSnapshots', { dom, needResults: true, flags: 0 });
    if (snapshots.length === 0) return [];
    const [current, documents] = await Promise.all([
      this.#current(dom),
      Promise.all(snapshots.map(async (snap) => await this.#read(snap))),
    ]);
    // One that was deleted meanwhile is not there.
    const known = documents.filter((each) => each !== undefined);
    return parentsFirst(known.map((each) => snapshotSummary(each, each.name === current)));
  }

  async xml(uuid: string, name: string, options: { readonly secure?: boolean } = {}): Promise<string> {
    const args = { snap: this.#snap(uuid, name), flags: bits([1, options.secure]) };
    return (await this.#parts.link.look('domainSnapshotGetXmlDesc', args)).xml;
  }

  create(uuid: string, xmlDesc: string, options: SnapshotCreateOptions = {}): Job<SnapshotSummary> {
    return this.#job('domain.snapshot', uuid, async (dom) => {
      const args = { dom, xmlDesc, flags: createFlags(options) };
      const { snap } = await this.#parts.link.call('domainSnapshotCreateXml', args, { timeoutMs: endlessMs });
      if (options.noMetadata === true) return snapshotSummary({ name: snap.name }, false);
      const taken = (await this.list(uuid)).find(({ name }) => name === snap.name);
      return taken ?? snapshotSummary({ name: snap.name }, true);
    });
  }

  revert(uuid: string, name: string, options: SnapshotRevertOptions = {}): Job<void> {
    const { running, paused, force, resetNvram } = options;
    const flags = bits([1, running], [2, paused], [4, force], [8, resetNvram]);
    return this.#job('domain.snapshot-revert', uuid, async (dom) => {
      const args = { snap: { name, dom }, flags };
      await this.#parts.link.call('domainRevertToSnapshot', args, { timeoutMs: endlessMs });
    });
  }

  delete(uuid: string, name: string, options: SnapshotDeleteOptions = {}): Job<void> {
    const flags = bits([1, options.children], [2, options.metadataOnly], [4, options.childrenOnly]);
    return this.#job('domain.snapshot-delete', uuid, async (dom) => {
      const args = { snap: { name, dom }, flags };
      await this.#parts.link.call('domainSnapshotDelete', args, { timeoutMs: endlessMs });
    });
  }

  /** The protocol has no call of its own for it: the snapshot is defined again as it is. */
  async setCurrent(uuid: string, name: string): Promise<void> {
    const xml = await this.xml(uuid, name, { secure: true });
    await this.create(uuid, xml, { redefine: true, current: true }).result;
  }

  async #current(dom: DomainReference): Promise<string | undefined> {
    return await absentIfGone(
      async () => (await this.#parts.link.look('domainSnapshotCurrent', { dom, flags: 0 })).snap.name,
    );
  }

  async #read(snap: { readonly name: string; readonly dom: DomainReference }): Promise<Snapshot | undefined> {
    return await absentIfGone(async () =>
      parseSnapshot((await this.#parts.link.look('domainSnapshotGetXmlDesc', { snap, flags: 0 })).xml),
    );
  }

  #snap(uuid: string, name: string): { readonly name: string; readonly dom: DomainReference } {
    return { name, dom: this.#parts.inventory.reference(uuid) };
  }

  #job<T>(kind: string, uuid: string, work: (dom: DomainReference) => Promise<T>): Job<T> {
    const { inventory, jobs, uri, events } = this.#parts;
    const subject = inventory.nameOf(uuid);
    const description = { kind, subject, uri, domainUuid: uuid, cancellable: false } as const;
    return jobs.start(description, async () => {
      try {
        return await work(inventory.reference(uuid));
      } finally {
        events.emit({ type: 'snapshots', uuid });
        inventory.lookSoon(uuid);
      }
    });
  }
}

/** `virDomainSnapshotCreateFlags`. */
function createFlags(options: SnapshotCreateOptions): number {
  return bits(
    [1, options.redefine],
    [2, options.current],
    [4, options.noMetadata],
    [8, options.halt],
    [16, options.diskOnly],
    [32, options.reuseExternal],
    [64, options.quiesce],
    [128, options.atomic],
    [256, options.live],
    [512, options.validate],
  );
}

async function absentIfGone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof VirError && error.code === 'no-domain-snapshot') return undefined;
    throw error;
  }
}

/** Parents before their children, else by age. */
function parentsFirst(snapshots: readonly SnapshotSummary[]): readonly SnapshotSummary[] {
  const byAge = snapshots.toSorted((a, b) => a.createdSeconds - b.createdSeconds || (a.name < b.name ? -1 : 1));
  const names = new Set(byAge.map(({ name }) => name));
  const below = (parent: string | undefined): readonly SnapshotSummary[] =>
    byAge
      .filter((each) => (each.parent !== undefined && names.has(each.parent) ? each.parent : undefined) === parent)
      .flatMap((each) => [each, ...below(each.name)]);
  return below(undefined);
}
