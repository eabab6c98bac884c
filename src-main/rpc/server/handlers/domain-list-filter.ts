/** `virConnectListAllDomainsFlags`: pairs and groups of bits; none of a group set means all of it. */
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';

type Test = (domain: DomainSummary) => boolean;

const running: Test = ({ state }) => state === 'running';
const paused: Test = ({ state }) => state === 'paused';
const shutoff: Test = ({ state }) => state === 'shutoff';

const groups: readonly (readonly (readonly [bit: number, test: Test])[])[] = [
  [
    [1 << 0, ({ id }) => id !== undefined],
    [1 << 1, ({ id }) => id === undefined],
  ],
  [
    [1 << 2, ({ persistent }) => persistent],
    [1 << 3, ({ persistent }) => !persistent],
  ],
  [
    [1 << 4, running],
    [1 << 5, paused],
    [1 << 6, shutoff],
    [1 << 7, (domain) => !running(domain) && !paused(domain) && !shutoff(domain)],
  ],
  [
    [1 << 8, ({ hasManagedSave }) => hasManagedSave],
    [1 << 9, ({ hasManagedSave }) => !hasManagedSave],
  ],
  [
    [1 << 10, ({ autostart }) => autostart],
    [1 << 11, ({ autostart }) => !autostart],
  ],
  // No snapshots and no checkpoints yet: nothing has them.
  [
    [1 << 12, () => false],
    [1 << 13, () => true],
  ],
  [
    [1 << 14, () => false],
    [1 << 15, () => true],
  ],
];

/** Every bit of them. */
export const everyListFlag = 0xffff;

/** The domains that the flags ask for. */
export function filterDomains(domains: readonly DomainSummary[], flags: number): readonly DomainSummary[] {
  const tests = groups
    .map((group) => group.filter(([bit]) => (flags & bit) !== 0).map(([, test]) => test))
    .filter((wanted) => wanted.length > 0);
  if (tests.length === 0) return domains;
  return domains.filter((domain) => tests.every((wanted) => wanted.some((test) => test(domain))));
}
