/** Snapshots of domains. A driver without them has none: lists are empty, and looking one up says so. */
import { VirError } from '../../../../src-shared/errors.ts';
import { need } from '../../../engine/driver.ts';
import type { SnapshotApi, SnapshotSummary } from '../../../engine/snapshot-api.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { everyFlag, filterBy, type FilterGroup, yesOrNo } from './list-filter.ts';
import { atMost, counted, has, onlyFlags, summaryOf } from './shared.ts';

interface SnapshotReference {
  readonly name: string;
  readonly dom: DomainReference;
}

/** `virDomainSnapshotCreateFlags` */
const createFlags = {
  redefine: 1,
  current: 2,
  noMetadata: 4,
  halt: 8,
  diskOnly: 16,
  reuseExternal: 32,
  quiesce: 64,
  atomic: 128,
  live: 256,
  validate: 512,
} as const;
/** `virDomainSnapshotRevertFlags` */
const revertFlags = { running: 1, paused: 2, force: 4, resetNvram: 8 } as const;
/** `virDomainSnapshotDeleteFlags` */
const deleteFlags = { children: 1, metadataOnly: 2, childrenOnly: 4 } as const;
/** `VIR_DOMAIN_SNAPSHOT_XML_SECURE` */
const xmlSecure = 1;

/** `virDomainSnapshotListFlags`: the first bit asks for roots, or (of children) for all descendants. */
const rootsOrDescendants = 1;
/** Parents before children, which they always are here. */
const topological = 1 << 10;

type Listed = SnapshotSummary & { readonly hasChildren: boolean };

const groups: readonly FilterGroup<Listed>[] = [
  // All of them have metadata.
  [
    [1 << 1, () => true],
    [1 << 4, () => false],
  ],
  yesOrNo(1 << 2, ({ hasChildren }) => !hasChildren),
  [
    [1 << 5, ({ state }) => state === 'shutoff'],
    [1 << 6, ({ state }) => state !== 'shutoff' && state !== 'disk-snapshot'],
    [1 << 7, ({ state }) => state === 'disk-snapshot'],
  ],
  [
    [1 << 8, ({ location }) => location === 'internal'],
    [1 << 9, ({ location }) => location === 'external'],
  ],
];
const everyListFlag = everyFlag(groups) | rootsOrDescendants | topological;

const asked = <K extends string>(flags: number, bits: Readonly<Record<K, number>>): { readonly [N in K]?: true } =>
  Object.fromEntries(
    Object.entries<number>(bits)
      .filter(([, bit]) => has(flags, bit))
      .map(([name]) => [name, true]),
  ) as { readonly [N in K]?: true };

const everyBit = (bits: Readonly<Record<string, number>>): number =>
  Object.values(bits).reduce((sum, bit) => sum | bit, 0);

const none = (message: string): VirError => new VirError({ code: 'no-domain-snapshot', domain: 'domain', message });

/** Every snapshot of a domain, which must exist. */
async function all(context: CallContext, dom: DomainReference): Promise<readonly SnapshotSummary[]> {
  await summaryOf(context, dom);
  return (await context.connection.snapshots?.list(dom.uuid)) ?? [];
}

async function lookup(context: CallContext, { name, dom }: SnapshotReference): Promise<SnapshotSummary> {
  const found = (await all(context, dom)).find((snapshot) => snapshot.name === name);
  if (found === undefined) throw none(`no domain snapshot with matching name '${name}'`);
  return found;
}

/** Those of a domain, or those below one, that the flags ask for. */
async function listed(
  context: CallContext,
  dom: DomainReference,
  below: string | undefined,
  flags: number,
  where: string,
): Promise<readonly SnapshotSummary[]> {
  onlyFlags(flags, everyListFlag, where);
  const known = await all(context, dom);
  if (below !== undefined && !known.some(({ name }) => name === below)) {
    throw none(`no domain snapshot with matching name '${below}'`);
  }
  const parents = new Set(known.map(({ parent }) => parent));
  const wide = has(flags, rootsOrDescendants);
  let candidates = known;
  if (below === undefined) candidates = wide ? known.filter(({ parent }) => parent === undefined) : known;
  else {
    // Parents come before their children, so one pass finds everything below.
    const found = new Set([below]);
    candidates = known.filter(({ name, parent }) => {
      if (parent === undefined || !(wide ? found.has(parent) : parent === below)) return false;
      found.add(name);
      return true;
    });
  }
  const withLeaves = candidates.map((snapshot): Listed => ({ ...snapshot, hasChildren: parents.has(snapshot.name) }));
  return filterBy(groups, withLeaves, flags);
}

const names = (snapshots: readonly SnapshotSummary[]): readonly string[] => snapshots.map(({ name }) => name);

async function method<K extends keyof SnapshotApi & string>(
  context: CallContext,
  dom: DomainReference,
  name: K,
): Promise<NonNullable<SnapshotApi[K]>> {
  await summaryOf(context, dom);
  return need<SnapshotApi, K>(context.connection.snapshots, name);
}

export const snapshotHandlers = {
  domainListAllSnapshots: async (context, { dom, needResults, flags }) => {
    const found = await listed(context, dom, undefined, flags, 'virDomainListAllSnapshots');
    const { items, count } = counted(
      needResults,
      found.map(({ name }) => ({ name, dom })),
    );
    return { snapshots: items, ret: count };
  },
  domainSnapshotNum: async (context, { dom, flags }) => ({
    num: (await listed(context, dom, undefined, flags, 'virDomainSnapshotNum')).length,
  }),
  domainSnapshotListNames: async (context, { dom, maxnames, flags }) => ({
    names: atMost(names(await listed(context, dom, undefined, flags, 'virDomainSnapshotListNames')), maxnames),
  }),
  domainSnapshotListAllChildren: async (context, { snapshot: { name: below, dom }, needResults, flags }) => {
    const found = await listed(context, dom, below, flags, 'virDomainSnapshotListAllChildren');
    const { items, count } = counted(
      needResults,
      found.map(({ name }) => ({ name, dom })),
    );
    return { snapshots: items, ret: count };
  },
  domainSnapshotNumChildren: async (context, { snap: { name, dom }, flags }) => ({
    num: (await listed(context, dom, name, flags, 'virDomainSnapshotNumChildren')).length,
  }),
  domainSnapshotListChildrenNames: async (context, { snap: { name, dom }, maxnames, flags }) => ({
    names: atMost(names(await listed(context, dom, name, flags, 'virDomainSnapshotListChildrenNames')), maxnames),
  }),

  domainSnapshotLookupByName: async (context, { dom, name, flags }) => {
    onlyFlags(flags, 0, 'virDomainSnapshotLookupByName');
    await lookup(context, { name, dom });
    return { snap: { name, dom } };
  },
  domainHasCurrentSnapshot: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainHasCurrentSnapshot');
    return { result: (await all(context, dom)).some(({ isCurrent }) => isCurrent) ? 1 : 0 };
  },
  domainSnapshotCurrent: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainSnapshotCurrent');
    const found = (await all(context, dom)).find(({ isCurrent }) => isCurrent);
    if (found === undefined) throw none('the domain does not have a current snapshot');
    return { snap: { name: found.name, dom } };
  },
  domainSnapshotGetParent: async (context, { snap, flags }) => {
    onlyFlags(flags, 0, 'virDomainSnapshotGetParent');
    const { name, parent } = await lookup(context, snap);
    if (parent === undefined) throw none(`snapshot '${name}' does not have a parent`);
    return { snap: { name: parent, dom: snap.dom } };
  },
  domainSnapshotIsCurrent: async (context, { snap, flags }) => {
    onlyFlags(flags, 0, 'virDomainSnapshotIsCurrent');
    return { current: (await lookup(context, snap)).isCurrent };
  },
  domainSnapshotHasMetadata: async (context, { snap, flags }) => {
    onlyFlags(flags, 0, 'virDomainSnapshotHasMetadata');
    await lookup(context, snap);
    return { metadata: 1 };
  },

  domainSnapshotGetXmlDesc: async (context, { snap, flags }) => {
    onlyFlags(flags, xmlSecure, 'virDomainSnapshotGetXMLDesc');
    const secure = has(flags, xmlSecure);
    if (secure) context.requireWrite('virDomainSnapshotGetXMLDesc');
    await lookup(context, snap);
    return { xml: await (await method(context, snap.dom, 'xml'))(snap.dom.uuid, snap.name, { secure }) };
  },
  domainSnapshotCreateXml: async (context, { dom, xmlDesc, flags }) => {
    onlyFlags(flags, everyBit(createFlags), 'virDomainSnapshotCreateXML');
    const create = await method(context, dom, 'create');
    const { name } = await create(dom.uuid, xmlDesc, asked(flags, createFlags)).result;
    return { snap: { name, dom } };
  },
  domainRevertToSnapshot: async (context, { snap, flags }) => {
    onlyFlags(flags, everyBit(revertFlags), 'virDomainRevertToSnapshot');
    const revert = await method(context, snap.dom, 'revert');
    await revert(snap.dom.uuid, snap.name, asked(flags, revertFlags)).result;
  },
  domainSnapshotDelete: async (context, { snap, flags }) => {
    onlyFlags(flags, everyBit(deleteFlags), 'virDomainSnapshotDelete');
    const remove = await method(context, snap.dom, 'delete');
    await remove(snap.dom.uuid, snap.name, asked(flags, deleteFlags)).result;
  },
} satisfies RemoteHandlers;
