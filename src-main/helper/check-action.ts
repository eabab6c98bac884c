/**
 * What the helper takes for an action: one of the closed set, every argument in its one form, nothing outside of what
 * belongs to virtual networks. Stricter than the engine's own check, since what is asked for here comes from another
 * user. Pure; what is whose is looked at afterwards (`changes.ts`).
 */
import { formatAddress, parseAddress, parseSubnet } from '../../src-shared/model/network-address.ts';
import { isPrivateDomain } from '../../src-shared/model/network-host-names.ts';
import { checkAction, type NetworkAction } from '../network/actions.ts';
import { checkDnsmasq } from './check-dnsmasq.ts';
import { refused } from '../network/helper/errors.ts';

type Rule = Extract<NetworkAction, { readonly verb: 'iptables-add' }>['rules'][number];

/** What a network device of ours may be called: it becomes a word of programs, rules, paths and switches. */
const linkPattern = /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/;
/** Names that mean something else to the kernel, below /proc/sys or to its programs. */
const reservedNames = new Set(['all', 'default', 'lo', 'any', 'dev', 'type', 'name', 'help']);
/** Other tables are other programs'. */
const ownTable = /^vivarium_[a-z0-9_]{1,23}$/;
/** One folder an engine. */
const ownFolder = /^\/var\/lib\/vivarium\/network-[0-9a-f]{8}$/;

/** The longest action: two tables and a configuration of dnsmasq, with what JSON adds. */
export const maxActionCharacters = 10 * 1024 * 1024;

/**
 * @param user who dnsmasq becomes
 * @throws VirError `access-denied` for what is not asked of a helper.
 */
export function readAction(text: string, user: string): NetworkAction {
  if (text.length > maxActionCharacters) throw refused('It is too long.');
  return canonical(parse(text), user);
}

function parse(text: string): NetworkAction {
  try {
    return checkAction(JSON.parse(text));
  } catch {
    // What exactly is wrong with it would only help whoever tries.
    throw refused('It is not one of the changes that virtual networks need.');
  }
}

function canonical(action: NetworkAction, user: string): NetworkAction {
  switch (action.verb) {
    case 'bridge-add':
    case 'bridge-delete':
      return { ...action, link: linkName(action.link), mac: deviceAddress(action.mac) };
    case 'names-set':
      return {
        ...{ ...action, link: linkName(action.link), domain: privateDomain(action.domain) },
        servers: action.servers.map(address),
      };
    case 'names-clear':
    case 'link-up':
    case 'zone-set':
    case 'zone-remove':
      return { ...action, link: linkName(action.link) };
    case 'address-add':
      return { ...action, link: linkName(action.link), address: subnet(action.address) };
    case 'route-add': {
      const destination = subnet(action.destination);
      if (destination.endsWith('/0')) throw refused('Guests never become the way to everywhere.');
      return { ...action, link: linkName(action.link), destination, gateway: address(action.gateway) };
    }
    case 'sysctl-set':
      return { ...action, values: action.values.map(({ key, value }) => ({ key, value: flag(value) })) };
    case 'nft-table-add':
    case 'nft-table-delete':
    case 'filter-table-add':
    case 'filter-table-delete':
      return { ...action, table: table(action.table) };
    case 'nft-network-set':
      return {
        ...{ ...action, table: table(action.table), bridge: linkName(action.bridge) },
        rules: action.rules.map((each) => rule(each, action.bridge)),
      };
    case 'nft-forwards-set':
      return {
        ...{ ...action, table: table(action.table), bridge: linkName(action.bridge) },
        forwards: action.forwards.map((forward) => ({
          ...forward,
          to: address(forward.to),
          ...(forward.address === undefined ? {} : { address: address(forward.address) }),
        })),
      };
    case 'nft-forwards-delete':
    case 'nft-network-delete':
      return { ...action, table: table(action.table), bridge: linkName(action.bridge) };
    case 'function-set':
    case 'pci-bind':
      // A device that reads and writes memory by itself is the administrator's to give away.
      throw refused('Devices of the host are given to guests by an engine of root only.');
    case 'nft-exception-add':
    case 'nft-exception-delete':
      // What other programs forbid only the administrator may allow, with an engine of root.
      throw refused("Rules of other programs are not the helper's to get around.");
    case 'iptables-add':
    case 'iptables-delete': {
      const bridge = bridgeOf(action.rules);
      return { ...action, rules: action.rules.map((each) => rule(each, bridge)) };
    }
    case 'dnsmasq-start': {
      const place = { folder: folder(action.folder), bridge: linkName(action.bridge) };
      return { ...action, ...place, ...checkDnsmasq(place.folder, place.bridge, action, user) };
    }
    case 'dnsmasq-stop':
      return { ...action, folder: folder(action.folder), bridge: linkName(action.bridge) };
    case 'tap-add': {
      const bridge = action.bridge === undefined ? {} : { bridge: linkName(action.bridge) };
      return { ...action, link: linkName(action.link), mac: deviceAddress(action.mac), ...bridge };
    }
    case 'macvtap-add':
      return {
        ...{ ...action, link: linkName(action.link), lower: linkName(action.lower) },
        mac: deviceAddress(action.mac),
        ...(action.lowerMac === undefined ? {} : { lowerMac: deviceAddress(action.lowerMac) }),
      };
    case 'tap-delete':
      return {
        ...{ ...action, link: linkName(action.link), mac: deviceAddress(action.mac) },
        ...(action.lower === undefined
          ? {}
          : { lower: { link: linkName(action.lower.link), mac: deviceAddress(action.lower.mac) } }),
      };
    case 'filter-set':
      return {
        ...{ ...action, table: table(action.table) },
        // What the rules say is read and written anew where they are carried out.
        ports: action.ports.map(({ link, rules }) => ({ link: linkName(link), rules })),
      };
    case 'filter-delete':
      return { ...action, table: table(action.table), link: linkName(action.link) };
    case 'bridge-vlans-filter':
    case 'port-vlans-set':
    case 'port-vlans-clear':
    case 'bandwidth-set':
    case 'bandwidth-clear':
    case 'conditions-set':
    case 'conditions-clear':
      return { ...action, link: linkName(action.link) };
  }
}

/** @throws VirError `access-denied` for a name that the helper gives to no device. */
export function linkName(name: string): string {
  if (linkPattern.test(name) && !name.includes('..') && !reservedNames.has(name)) return name;
  throw refused(`'${name}' is not a name it gives to a network device.`);
}

function deviceAddress(mac: string): string {
  // The first byte's lowest bit is for groups: no device can have such an address.
  if (Number.parseInt(mac.slice(0, 2), 16) % 2 === 1) throw refused(`${mac} is a group's address.`);
  return mac;
}

function table(name: string): string {
  if (ownTable.test(name)) return name;
  throw refused(`The nftables table '${name}' is none of Vivarium's.`);
}

function folder(path: string): string {
  if (ownFolder.test(path)) return path;
  throw refused('Files are only written below /var/lib/vivarium.');
}

/** The switches that networks use are off, on, or 2 for `accept_ra` on a router. */
function flag(value: string): string {
  if (/^[012]$/.test(value)) return value;
  throw refused(`No switch of a network has the value '${value}'.`);
}

function subnet(text: string): string {
  const parsed = parseSubnet(text);
  if (parsed === undefined) throw refused(`'${text}' is no subnet.`);
  return `${formatAddress(parsed)}/${parsed.prefix}`;
}

function address(text: string): string {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw refused(`'${text}' is no address.`);
  return formatAddress(parsed);
}

/** The host would lose sight of whoever has the domain in the Internet. */
function privateDomain(name: string): string {
  const domain = name.toLowerCase();
  if (isPrivateDomain(domain)) return domain;
  throw refused(`The domain '${domain}' may be somebody's in the Internet.`);
}

/** The bridge whose rules these are: what the first rule that names one comes in by. */
export function bridgeOf(rules: readonly Rule[]): string {
  for (const { chain, matches } of rules) {
    if (chain !== 'forward-cross' && chain !== 'input') continue;
    for (const match of matches) if (match.match === 'in') return linkName(match.device);
  }
  throw refused('The rules are for no bridge.');
}

/** A rule must not touch anybody's traffic but that of its network. */
function rule(given: Rule, bridge: string): Rule {
  let concernsBridge = false;
  let hasSource = false;
  const matches = given.matches.map((match): Rule['matches'][number] => {
    switch (match.match) {
      case 'in':
      case 'out':
        concernsBridge ||= match.device === bridge;
        return { ...match, device: linkName(match.device) };
      case 'source':
      case 'destination': {
        const text = subnet(match.subnet);
        hasSource ||= match.match === 'source' && !text.endsWith('/0');
        return { ...match, subnet: text };
      }
      default:
        return match;
    }
  });
  // Translation is told by where packets come from: the bridge is behind them by then.
  if (concernsBridge || (given.chain === 'nat' && hasSource)) return { ...given, matches };
  throw refused(`A rule is not about ${bridge} alone.`);
}
