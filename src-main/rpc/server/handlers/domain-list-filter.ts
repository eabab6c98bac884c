/** `virConnectListAllDomainsFlags`. */
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';
import { everyFlag, filterBy, type FilterGroup, yesOrNo } from './list-filter.ts';

type Test = (domain: DomainSummary) => boolean;

const running: Test = ({ state }) => state === 'running';
const paused: Test = ({ state }) => state === 'paused';
const shutoff: Test = ({ state }) => state === 'shutoff';

const groups: readonly FilterGroup<DomainSummary>[] = [
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
  // No snapshots and no checkpoints yet: nothing has them.
  yesOrNo(1 << 12, () => false),
  yesOrNo(1 << 14, () => false),
];

/** Every bit of them. */
export const everyListFlag = everyFlag(groups);

/** The domains that the flags ask for. */
export const filterDomains = (domains: readonly DomainSummary[], flags: number): readonly DomainSummary[] =>
  filterBy(groups, domains, flags);
