/** Which edits a running network takes without a restart: entries of its lists, one by one. Pure. */
import type { NetworkSection, NetworkUpdate } from '../../../../src-shared/model/network-update.ts';
import {
  dhcpHostSchema,
  dhcpRangeSchema,
  dnsHostSchema,
  dnsSrvSchema,
  dnsTxtSchema,
  type Network,
  type NetworkIp,
} from '../../../../src-shared/model/network.ts';
import { formatXml } from '../../../../src-shared/xml/format.ts';
import { having } from '../../machine/edit/domain-edit.ts';
import { setDns, dnsOf } from './network-edit.ts';

interface ListChange {
  readonly section: NetworkSection;
  readonly parentIndex?: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The updates that lead from one to the other; undefined when something differs that needs a restart. */
export function liveUpdates(before: Network, after: Network): readonly NetworkUpdate[] | undefined {
  if (JSON.stringify(withoutLists(before)) !== JSON.stringify(withoutLists(after))) return undefined;
  const changes = listsOf(before, after);
  const of = (command: 'add-last' | 'delete', change: ListChange, xml: string): NetworkUpdate => {
    const { section, parentIndex } = change;
    return { command, section, xml, ...(parentIndex === undefined ? {} : { parentIndex }) };
  };
  // What goes makes room for what comes.
  return [
    ...changes.flatMap((change) => missing(change.before, change.after).map((xml) => of('delete', change, xml))),
    ...changes.flatMap((change) => missing(change.after, change.before).map((xml) => of('add-last', change, xml))),
  ];
}

const missing = (list: readonly string[], other: readonly string[]): readonly string[] =>
  list.filter((xml) => !other.includes(xml));

function listsOf(before: Network, after: Network): readonly ListChange[] {
  const [was, is] = [dnsOf(before), dnsOf(after)];
  return [
    ...before.ip.flatMap((ip, parentIndex): ListChange[] => {
      const [old, next] = [ip.dhcp, after.ip[parentIndex]?.dhcp];
      const ranges = (dhcp: NetworkIp['dhcp']): string[] =>
        (dhcp?.range ?? []).map((each) => formatXml(dhcpRangeSchema, each));
      const hosts = (dhcp: NetworkIp['dhcp']): string[] =>
        (dhcp?.host ?? []).map((each) => formatXml(dhcpHostSchema, each));
      return [
        { section: 'ip-dhcp-range', parentIndex, before: ranges(old), after: ranges(next) },
        { section: 'ip-dhcp-host', parentIndex, before: hosts(old), after: hosts(next) },
      ];
    }),
    {
      section: 'dns-host',
      before: was.host.map((each) => formatXml(dnsHostSchema, each)),
      after: is.host.map((each) => formatXml(dnsHostSchema, each)),
    },
    {
      section: 'dns-txt',
      before: was.txt.map((each) => formatXml(dnsTxtSchema, each)),
      after: is.txt.map((each) => formatXml(dnsTxtSchema, each)),
    },
    {
      section: 'dns-srv',
      before: was.srv.map((each) => formatXml(dnsSrvSchema, each)),
      after: is.srv.map((each) => formatXml(dnsSrvSchema, each)),
    },
  ];
}

function withoutLists(network: Network): Network {
  const plain = setDns(network, { host: [], txt: [], srv: [] });
  return {
    ...plain,
    ip: plain.ip.map((ip) => {
      if (ip.dhcp === undefined) return ip;
      const { range: _range, host: _host, ...rest } = ip.dhcp;
      return Object.keys(rest).length === 0
        ? having(ip, { dhcp: undefined })
        : { ...ip, dhcp: { ...rest, range: [], host: [] } };
    }),
  };
}
