/**
 * Into which of firewalld's zones a network's bridge belongs, by upstream's rules. Pure.
 *
 * A packet has to pass the network's own rules and firewalld's, which stand at other hooks. The zone `libvirt` accepts
 * what is forwarded, admits the few services guests may have of the host, and rejects the rest; in the default zone
 * guests get neither address nor name nor a way out.
 */
import { tell } from '../../src-shared/host-words.ts';
import type { Told } from '../../src-shared/words.ts';
import type { NetworkFinding } from '../../src-shared/model/network-summary.ts';
import type { Network } from '../../src-shared/model/network.ts';
import type { FirewalldFacts } from './host-facts.ts';
import { found } from './finding.ts';
import { hasRules } from './firewall/rules.ts';
import type { Step } from '../host/steps.ts';
import type { NetworkAction } from './actions.ts';

interface Choice {
  readonly steps: readonly Step<NetworkAction>[];
  readonly findings: readonly NetworkFinding[];
}

/** libvirt's own, which an administrator may have edited, before the one that comes with us. */
const usualZones = ['libvirt', 'vivarium'] as const;
/** A routed zone is worth something with its policies; firewalld has them since 0.9.0. */
const routedZones = [
  { zone: 'libvirt-routed', policy: 'libvirt-routed-out' },
  { zone: 'vivarium-routed', policy: 'vivarium-out' },
] as const;

export function chooseZone(
  network: Network,
  { firewalld }: { readonly firewalld?: FirewalldFacts | undefined },
): Choice {
  const wanted = network.bridge?.zone;
  const link = network.bridge?.name ?? '';
  if (!hasRules(network)) return { steps: [], findings: [] };
  if (wanted !== undefined) return explicit(network.name, wanted, link, firewalld);
  if (firewalld === undefined) return { steps: [], findings: [] };
  const { zones, policies } = firewalld;
  if (network.forward?.mode === 'route') {
    const routed = routedZones.find(({ zone, policy }) => zones.includes(zone) && policies.includes(policy));
    if (routed !== undefined) return assign(link, routed.zone, tell('zoneRouted', { zone: routed.zone }));
  }
  const usual = usualZones.find((zone) => zones.includes(zone));
  if (usual === undefined) return without(firewalld);
  return assign(link, usual, tell(usual === 'libvirt' ? 'zoneLibvirt' : 'zoneOwn', { zone: usual }));
}

function explicit(network: string, zone: string, link: string, firewalld: FirewalldFacts | undefined): Choice {
  const values = { network, zone };
  if (firewalld === undefined) {
    const fix = tell('zoneWithoutFirewalldFix', {});
    return refuse('zone-without-firewalld', tell('zoneWithoutFirewalld', values), fix);
  }
  return firewalld.zones.includes(zone)
    ? assign(link, zone, tell('zoneNamed', { zone }))
    : refuse('no-such-zone', tell('noSuchZone', values), tell('noSuchZoneFix', {}));
}

/** With firewalld's iptables backend both sets of rules are at the same hook, and the network's come first. */
function without({ version, backend }: FirewalldFacts): Choice {
  const values = { version, zone: usualZones[0] };
  // Where that can't be found out, it is what firewalld comes with since then.
  if (backend !== 'iptables' && atLeast(version, 0, 6)) {
    const fix = atLeast(version, 0, 7)
      ? tell('zoneMissingFix', { zone: usualZones[1] })
      : tell('zoneMissingUpgrade', {});
    return refuse('zone-missing', tell('zoneMissing', values), fix);
  }
  return { steps: [], findings: [found('zone-not-needed', 'info', tell('zoneNotNeeded', values))] };
}

const assign = (link: string, zone: string, why: Told): Choice => ({
  findings: [found('zone-chosen', 'info', why)],
  steps: [
    {
      ...tell('zoneSet', { link, zone }),
      action: { verb: 'zone-set', link, zone },
      inverse: { ...tell('zoneRemove', { link, zone }), action: { verb: 'zone-remove', link, zone } },
    },
  ],
});

const refuse = (id: string, message: Told, fix: Told): Choice => ({
  steps: [],
  findings: [found(id, 'error', message, fix)],
});

/** One that can't be found out counts as today's. */
function atLeast(version: string, major: number, minor: number): boolean {
  if (version === '') return true;
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}
