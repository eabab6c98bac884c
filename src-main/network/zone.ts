/**
 * Into which of firewalld's zones a network's bridge belongs, by upstream's rules. Pure.
 *
 * A packet has to pass the network's own rules and firewalld's, which stand at other hooks. The zone `libvirt` accepts
 * what is forwarded, admits the few services guests may have of the host, and rejects the rest; in the default zone
 * guests get neither address nor name nor a way out.
 */
import type { NetworkFinding } from '../../src-shared/model/network-summary.ts';
import type { Network } from '../../src-shared/model/network.ts';
import type { FirewalldFacts, HostFacts } from './host-facts.ts';
import { hasRules } from './firewall/rules.ts';
import type { Step } from '../host/steps.ts';
import type { NetworkAction } from './actions.ts';

interface Choice {
  readonly steps: readonly Step<NetworkAction>[];
  readonly findings: readonly NetworkFinding[];
}

/** libvirt's own, which an administrator may have edited, before the one that comes with us. */
const usualZones = ['libvirt', 'vivarium'] as const;
const routedZone = 'libvirt-routed';
/** Comes with the routed zone; where it exists firewalld knows policies (0.9.0 and later). */
const routedPolicy = 'libvirt-routed-out';

export function chooseZone(network: Network, host: HostFacts): Choice {
  const { firewalld } = host;
  const wanted = network.bridge?.zone;
  const link = network.bridge?.name ?? '';
  if (!hasRules(network)) return { steps: [], findings: [] };
  if (wanted !== undefined) return explicit(network.name, wanted, link, firewalld);
  if (firewalld === undefined) return { steps: [], findings: [] };
  const { zones, policies } = firewalld;
  if (network.forward?.mode === 'route' && zones.includes(routedZone) && policies.includes(routedPolicy)) {
    return assign(link, routedZone);
  }
  const usual = usualZones.find((zone) => zones.includes(zone));
  if (usual !== undefined) return assign(link, usual);
  return without(firewalld);
}

function explicit(name: string, zone: string, link: string, firewalld: FirewalldFacts | undefined): Choice {
  const message = `The network '${name}' wants the zone '${zone}' of firewalld, `;
  if (firewalld === undefined) {
    return refuse(
      'zone-without-firewalld',
      `${message}which is not running.`,
      'Start firewalld, or take the zone out.',
    );
  }
  return firewalld.zones.includes(zone)
    ? assign(link, zone)
    : refuse('no-such-zone', `${message}which has no such zone.`, 'Add the zone to firewalld, or name another.');
}

/** With firewalld's iptables backend both sets of rules are at the same hook, and the network's come first. */
function without({ version, backend }: FirewalldFacts): Choice {
  // Where that can't be found out, it is what firewalld comes with since then.
  if (backend !== 'iptables' && atLeast(version, 0, 6)) {
    return refuse(
      'zone-missing',
      `firewalld ${version} filters with nftables and has no zone '${usualZones[0]}': guests would get no address, no names and no way out.`,
      atLeast(version, 0, 7)
        ? `Install the zone '${usualZones[1]}' (it comes with Vivarium's package) and reload firewalld, or set FirewallBackend=iptables in firewalld.conf.`
        : `Upgrade firewalld to 0.7.0 or later, which can have such a zone, or set FirewallBackend=iptables in firewalld.conf.`,
    );
  }
  return {
    steps: [],
    findings: [
      {
        id: 'zone-not-needed',
        severity: 'info',
        message: `firewalld ${version} has no zone '${usualZones[0]}'; with its iptables backend the network's own rules do.`,
      },
    ],
  };
}

const assign = (link: string, zone: string): Choice => ({
  findings: [],
  steps: [
    {
      sentence: `Put ${link} into firewalld's zone '${zone}'.`,
      action: { verb: 'zone-set', link, zone },
      inverse: {
        sentence: `Take ${link} out of firewalld's zone '${zone}'.`,
        action: { verb: 'zone-remove', link, zone },
      },
    },
  ],
});

const refuse = (id: string, message: string, fix: string): Choice => ({
  steps: [],
  findings: [{ id, severity: 'error', message, fix }],
});

/** One that can't be found out counts as today's. */
function atLeast(version: string, major: number, minor: number): boolean {
  if (version === '') return true;
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}
