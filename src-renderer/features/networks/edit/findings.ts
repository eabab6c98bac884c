import type { NetworkFinding, NetworkSummary } from '../../../../src-shared/model/network-summary.ts';

/** A network that runs does not stand in its own way: its bridge goes before it comes again. */
export function relevantFindings(
  findings: readonly NetworkFinding[],
  network: Pick<NetworkSummary, 'active'> | undefined,
): readonly NetworkFinding[] {
  return network?.active === true ? findings.filter(({ id }) => id !== 'bridge-exists') : findings;
}
