/** `virConnectListAllDomainsFlags`. */
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';
import type { CallContext } from '../handler.ts';
import { everyFlag, filterBy, type FilterGroup, yesOrNo } from './list-filter.ts';
import { has } from './shared.ts';

type Test = (domain: DomainSummary) => boolean;

const running: Test = ({ state }) => state === 'running';
const paused: Test = ({ state }) => state === 'paused';
const shutoff: Test = ({ state }) => state === 'shutoff';

/** `VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT` and its opposite. */
const snapshotBit = 1 << 12;

const groupsOf = (withSnapshots: ReadonlySet<string>): readonly FilterGroup<DomainSummary>[] => [
  yesOrNo(1 << 0, ({ id }) => id !== undefined),
  yesOrNo(1 << 2, ({ persistent }) => persistent),
  [
    [1 << 4, running],
    [1 << 5, paused],
    [1 << 6, shutoff],
    [1 << 7, (domain) => !running(domain) && !paused(domain) && !shutoff(domain)],
  ],
  yesOrNo(1 << 8, ({ hasManagedSave }) => hasManagedSave),
  yesOrNo(1 << 10, ({ autostart }) => autostart),
  yesOrNo(snapshotBit, ({ uuid }) => withSnapshots.has(uuid)),
  // No checkpoints yet: nothing has them.
  yesOrNo(1 << 14, () => false),
];

/** Every bit of them. */
export const everyListFlag = everyFlag(groupsOf(new Set()));

/** The domains that the flags ask for. @param withSnapshots those that have some */
export const filterDomains = (
  domains: readonly DomainSummary[],
  flags: number,
  withSnapshots: ReadonlySet<string> = new Set(),
): readonly DomainSummary[] => filterBy(groupsOf(withSnapshots), domains, flags);

/** The same of a connection, which is asked for snapshots only where the flags do. */
export async function wantedDomains(
  { connection }: CallContext,
  domains: readonly DomainSummary[],
  flags: number,
): Promise<readonly DomainSummary[]> {
  const asksForSnapshots = has(flags, snapshotBit) || has(flags, snapshotBit << 1);
  const { snapshots } = connection;
  if (!asksForSnapshots || snapshots === undefined) return filterDomains(domains, flags);
  const counted = await Promise.all(
    domains.map(async ({ uuid }) => [uuid, (await snapshots.list(uuid)).length] as const),
  );
  return filterDomains(domains, flags, new Set(counted.filter(([, count]) => count > 0).map(([uuid]) => uuid)));
}
