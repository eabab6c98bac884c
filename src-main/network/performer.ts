/** Carries out networks' actions on this host, for an engine that may: root. */
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import { ProcessError, run } from '../host/process.ts';
import type { Performer } from '../host/steps.ts';
import type { NetworkAction } from './actions.ts';
import { clearBandwidth, setBandwidth } from './devices/bandwidth.ts';
import { clearPortVlans, filterVlans, setPortVlans } from './devices/bridge-vlans.ts';
import { addMacvtap, addTap, deleteTap } from './devices/taps.ts';
import { clearConditions, setConditions } from './devices/conditions.ts';
import { startDnsmasq, stopDnsmasq } from './dnsmasq-process.ts';
import { chainQueries, missingChains, ruleCommands } from './firewall/iptables.ts';
import { performRules } from './firewall/perform-rules.ts';
import type { FirewallRule } from './firewall/rules.ts';
import { addException, deleteException } from './firewall/exceptions.ts';
import { Resolved } from './names/resolved.ts';
import { performFilter } from './nwfilter/perform.ts';
import { ip, ipCommand } from './ip-commands.ts';
import { findLink } from './observe-links.ts';
import { bridgeVlans, plainVlans } from './ports/vlans.ts';
import { performTogether } from './perform-together.ts';
import { bindPci, setFunction } from './sriov/perform.ts';
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
  readonly #names: Pick<Resolved, 'set' | 'clear'>;

  constructor(zones?: ZoneKeeper, names: Pick<Resolved, 'set' | 'clear'> = new Resolved()) {
    this.#zones = zones;
    this.#names = names;
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
      case 'address-add':
      case 'route-add':
        return await ip(ipCommand(action), signal);
      case 'sysctl-set':
        for (const { key, value } of action.values) writeSysctl(key, value);
        return;
      case 'nft-table-add':
      case 'nft-table-delete':
      case 'nft-network-set':
      case 'nft-network-delete':
      case 'nft-forwards-set':
      case 'nft-forwards-delete':
        return await performRules([action], signal);
      case 'nft-exception-add':
        return await addException(action, signal);
      case 'nft-exception-delete':
        return await deleteException(action);
      case 'iptables-add':
        return await addIptables(action.rules, signal);
      case 'iptables-delete':
        return await deleteIptables(action.rules);
      case 'zone-set':
        return await this.#zone().setZone(action.link, action.zone);
      case 'zone-remove':
        return await this.#zones?.removeFromZone(action.link, action.zone);
      case 'names-set':
        return await this.#names.set(action);
      case 'names-clear':
        return await this.#names.clear(action.link);
      case 'dnsmasq-start':
        return await startDnsmasq(action, signal);
      case 'dnsmasq-stop':
        return await stopDnsmasq(action.folder, action.bridge);
      case 'tap-add':
        return await addTap(action, signal);
      case 'macvtap-add':
        return await addMacvtap(action, signal);
      case 'tap-delete':
        return await deleteTap(action);
      case 'bridge-vlans-filter':
        return await filterVlans(action.link, signal);
      case 'port-vlans-set':
        return await setPortVlans(action.link, bridgeVlans(action.vlans), signal);
      case 'port-vlans-clear':
        return await clearPortVlans(action.link, plainVlans);
      case 'function-set':
        return await setFunction(action.link, action.index, action, signal);
      case 'pci-bind':
        bindPci(action.address, action.driver);
        return;
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

  async performAll(actions: readonly NetworkAction[], signal?: AbortSignal): Promise<void> {
    await performTogether(actions, async (action) => await this.perform(action, signal), signal);
  }

  #zone(): ZoneKeeper {
    if (this.#zones !== undefined) return this.#zones;
    throw new VirError({ code: 'dbus-service', domain: 'firewalld', message: say`firewalld can't be reached.` });
  }
}

type BridgeAdd = Extract<NetworkAction, { readonly verb: 'bridge-add' }>;

async function addBridge(action: BridgeAdd, signal?: AbortSignal): Promise<void> {
  try {
    await ip(ipCommand(action), signal);
  } catch (thrown) {
    // Its name and hardware address say that it is the one to be made.
    const found = await findLink(action.link);
    if (found?.kind !== 'bridge' || found.mac !== action.mac) throw thrown;
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
