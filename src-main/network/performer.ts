/** Carries out networks' actions on this host, for an engine that may: root. */
import { VirError } from '../../src-shared/errors.ts';
import { parseAddress, parseSubnet } from '../../src-shared/model/network-address.ts';
import { ProcessError, run } from '../host/process.ts';
import type { Performer } from '../host/steps.ts';
import type { NetworkAction } from './actions.ts';
import { clearBandwidth, setBandwidth } from './devices/bandwidth.ts';
import { addMacvtap, addTap, deleteTap } from './devices/taps.ts';
import { clearConditions, setConditions } from './devices/conditions.ts';
import { startDnsmasq, stopDnsmasq } from './dnsmasq-process.ts';
import { chainQueries, missingChains, ruleCommands } from './firewall/iptables.ts';
import { networkScript, removeNetworkScript, removeTableScript, tableScript } from './firewall/nftables.ts';
import { forwardsScript, removeForwardsScript } from './firewall/port-forwards.ts';
import type { FirewallRule } from './firewall/rules.ts';
import { addException, deleteException } from './firewall/exceptions.ts';
import { performFilter } from './nwfilter/perform.ts';
import { findLink } from './observe-links.ts';
import { writeSysctl } from './sysctl.ts';

/** What puts interfaces into zones, where firewalld runs. */
export interface ZoneKeeper {
  setZone(link: string, zone: string): Promise<void>;
  /** Nothing happens when the interface is not in the zone, or firewalld not there. */
  removeFromZone(link: string, zone: string): Promise<void>;
}

const timeoutMs = 10_000;

export class DirectPerformer implements Performer<NetworkAction> {
  readonly #zones: ZoneKeeper | undefined;

  constructor(zones?: ZoneKeeper) {
    this.#zones = zones;
  }

  async perform(action: NetworkAction, signal?: AbortSignal): Promise<void> {
    switch (action.verb) {
      case 'bridge-add':
        return await addBridge(action, signal);
      case 'bridge-delete': {
        const found = await findLink(action.link);
        // One of the same name with another address was made by somebody else since.
        if (found?.mac === action.mac && found.kind === 'bridge') await ip(['link', 'delete', 'dev', action.link]);
        return;
      }
      case 'link-up':
        return await ip(['link', 'set', 'dev', action.link, 'up'], signal);
      case 'address-add': {
        const isFour = parseSubnet(action.address)?.family === 'ipv4';
        // Nobody answers on a bridge without ports, so looking for duplicates would only delay.
        const rest = isFour ? ['broadcast', '+'] : ['nodad'];
        return await ip(['address', 'replace', action.address, 'dev', action.link, ...rest], signal);
      }
      case 'route-add': {
        const family = parseAddress(action.gateway)?.family === 'ipv6' ? '-6' : '-4';
        const metric = action.metric === undefined ? [] : ['metric', String(action.metric)];
        const target = [action.destination, 'via', action.gateway, 'dev', action.link, 'proto', 'static', ...metric];
        return await ip([family, 'route', 'replace', ...target], signal);
      }
      case 'sysctl-set':
        for (const { key, value } of action.values) writeSysctl(key, value);
        return;
      case 'nft-table-add':
        return await nft(tableScript(action.table), signal);
      case 'nft-table-delete':
        return await nft(removeTableScript(action.table));
      case 'nft-network-set':
        return await nft(networkScript(action.table, action.bridge, action.rules), signal);
      case 'nft-network-delete':
        return await nft(removeNetworkScript(action.table, action.bridge));
      case 'nft-exception-add':
        return await addException(action, signal);
      case 'nft-exception-delete':
        return await deleteException(action);
      case 'nft-forwards-set':
        return await nft(forwardsScript(action.table, action.bridge, action.forwards), signal);
      case 'nft-forwards-delete':
        return await nft(removeForwardsScript(action.table));
      case 'iptables-add':
        return await addIptables(action.rules, signal);
      case 'iptables-delete':
        return await deleteIptables(action.rules);
      case 'zone-set':
        return await this.#zone().setZone(action.link, action.zone);
      case 'zone-remove':
        return await this.#zones?.removeFromZone(action.link, action.zone);
      case 'dnsmasq-start':
        return await startDnsmasq(action, signal);
      case 'dnsmasq-stop':
        return await stopDnsmasq(action.folder, action.bridge);
      case 'tap-add':
        return await addTap(action, signal);
      case 'macvtap-add':
        return await addMacvtap(action, signal);
      case 'tap-delete':
        return await deleteTap(action.link, action.mac);
      case 'bandwidth-set':
        return await setBandwidth(action, signal);
      case 'bandwidth-clear':
        return await clearBandwidth(action.link);
      case 'conditions-set':
        return await setConditions(action, signal);
      case 'conditions-clear':
        return await clearConditions(action.link, action.limited);
      case 'filter-table-add':
      case 'filter-table-delete':
      case 'filter-set':
      case 'filter-delete':
        return await performFilter(action, signal);
    }
  }

  #zone(): ZoneKeeper {
    if (this.#zones !== undefined) return this.#zones;
    throw new VirError({ code: 'dbus-service', domain: 'firewalld', message: "firewalld can't be reached." });
  }
}

async function ip(args: readonly string[], signal?: AbortSignal): Promise<void> {
  await run(['ip', ...args], { timeoutMs, ...(signal === undefined ? {} : { signal }) });
}

async function nft(script: string, signal?: AbortSignal): Promise<void> {
  await run(['nft', '-f', '-'], { input: script, timeoutMs, ...(signal === undefined ? {} : { signal }) });
}

type BridgeAdd = Extract<NetworkAction, { readonly verb: 'bridge-add' }>;

async function addBridge({ link, mac, mtu, stp, forwardDelaySeconds }: BridgeAdd, signal?: AbortSignal): Promise<void> {
  const size = mtu === undefined ? [] : ['mtu', String(mtu)];
  // The kernel takes a delay this short only while STP is off; it applies the attributes in this order.
  const bridge = ['forward_delay', String(forwardDelaySeconds * 100), 'stp_state', stp ? '1' : '0'];
  try {
    await ip(['link', 'add', 'name', link, 'address', mac, ...size, 'type', 'bridge', ...bridge], signal);
  } catch (thrown) {
    // Its name and hardware address say that it is the one to be made.
    const found = await findLink(link);
    if (found?.kind !== 'bridge' || found.mac !== mac) throw thrown;
  }
}

async function addIptables(rules: readonly FirewallRule[], signal?: AbortSignal): Promise<void> {
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  for (const family of new Set(rules.map((rule) => rule.family))) {
    const listed: Record<string, string> = {};
    for (const query of chainQueries(family)) listed[query[3] ?? ''] = (await run(query, options)).stdout;
    for (const command of missingChains(family, listed)) await run(command, options);
  }
  // What is there from before a crash would be there twice.
  await deleteIptables(rules);
  for (const command of ruleCommands(rules)) {
    try {
      await run(command, options);
    } catch (thrown) {
      // Kernels without this target exist, and today's guests do without it.
      if (!command.includes('CHECKSUM')) throw thrown;
    }
  }
}

/** A rule that is not there is what was wanted. */
async function deleteIptables(rules: readonly FirewallRule[]): Promise<void> {
  for (const command of ruleCommands(rules, 'delete')) {
    try {
      await run(command, { timeoutMs });
    } catch (thrown) {
      const isAbsent = thrown instanceof ProcessError && thrown.exitCode === 1;
      const isOtherwiseAbsent =
        thrown instanceof ProcessError && /No chain|does a matching rule exist/.test(thrown.stderr);
      if (!isAbsent && !isOtherwiseAbsent) throw thrown;
    }
  }
}
