import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../../src-main/network/trace/analyse.ts';
import { type RouteFact, routeKey, type TraceFacts } from '../../../../../src-main/network/trace/facts.ts';
import {
  readLinks,
  readListening,
  readNeighbours,
  readRoute,
} from '../../../../../src-main/network/trace/read-host.ts';
import type { TargetQuestion, TraceCard } from '../../../../../src-shared/model/network-trace.ts';

const card: TraceCard = {
  ...{ kind: 'card', machine: 'm', name: 'web', running: true, mac: '52:54:00:00:00:01', type: 'bridge' },
  ...{ source: 'br0', device: 'vnet0', plugged: true, addresses: [] },
};

const links = `2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default \\    link/ether 52:54:00:00:00:09 brd ff:ff:ff:ff:ff:ff promiscuity 0
7: vnet0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP \\    link/ether fe:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 1 bridge_slave state forwarding isolated on
8: vnet1: <BROADCAST,MULTICAST> mtu 1500 master br0 state DOWN`;
const neighbours = `10.0.0.7 dev br0 lladdr 52:54:00:00:00:01 STALE
10.0.0.8 dev br0 FAILED`;

function facts(rest: Partial<TraceFacts> = {}): TraceFacts {
  return {
    ...{ links: readLinks(links), addresses: [], neighbours: readNeighbours(neighbours), listening: [], networks: [] },
    ...{ routes: new Map(), cables: new Map(), sysctls: {}, rules: { hidden: 'nobody may look' } },
    ...rest,
  };
}

const found = (question: TargetQuestion, seen: TraceFacts): readonly string[] =>
  analyse(question, seen).map(({ id, status, finding }) => `${id} ${status} ${finding}`);

describe('what the host prints', () => {
  it('is read with the line that says it', () => {
    const [bridge, first, second] = readLinks(links);
    expect(bridge).toMatchObject({ name: 'br0', up: true, carrier: true });
    expect(first).toMatchObject({ name: 'vnet0', master: 'br0', isolated: true });
    expect(second).toMatchObject({ up: false, carrier: false, isolated: false });
    expect(readNeighbours(neighbours)[1]).toEqual({
      ...{ address: '10.0.0.8', device: 'br0', state: 'FAILED', line: '10.0.0.8 dev br0 FAILED' },
    });
    expect(readRoute('ip route get 10.9.9.9', '', 'RTNETLINK answers: Network is unreachable\n')).toEqual({
      ...{ command: 'ip route get 10.9.9.9', local: false, line: 'RTNETLINK answers: Network is unreachable' },
    });
    expect(
      readListening('tcp   LISTEN 0  128  127.0.0.53%lo:53  0.0.0.0:*\nudp UNCONN 0 0 [::]:546 [::]:*'),
    ).toMatchObject([
      { protocol: 'tcp', port: 53, address: '127.0.0.53' },
      { protocol: 'udp', port: 546, address: '::' },
    ]);
  });
});

describe('a trace', () => {
  it('of a card on a bridge of the host: its address is the one the host has seen', () => {
    const question: TargetQuestion = { from: { kind: 'host' }, to: card };
    const route: RouteFact = {
      command: 'ip route get 10.0.0.7',
      device: 'br0',
      local: false,
      line: '10.0.0.7 dev br0',
    };
    expect(found(question, facts({ routes: new Map([[routeKey({ to: '10.0.0.7' }), route]]) }))).toEqual([
      ...['way-route ok route-known'],
      ...['to-machine ok machine-runs', 'to-link ok link-up', 'to-network ok bridge-up', 'to-address ok address-known'],
      ...['to-neighbour ok neighbour-answers'],
    ]);
  });

  it('says what is not known, and who could see it', () => {
    const hops = analyse({ from: card, to: { kind: 'internet' } }, facts({ sysctls: { 'net/ipv4/ip_forward': '1' } }));
    expect(hops.find(({ id }) => id === 'way-rules')).toMatchObject({
      ...{ status: 'unknown', finding: 'rules-hidden', evidence: [{ line: 'nobody may look' }] },
      advice: { key: 'see-rules' },
    });
  });

  it('of a machine that is off, or whose cable is out, offers just that', () => {
    const off = analyse({ from: { ...card, running: false }, to: { kind: 'host' } }, facts());
    expect(off[0]).toMatchObject({ finding: 'machine-off', repair: { action: 'start-machine' } });
    const out = analyse({ from: { ...card, plugged: false }, to: { kind: 'host' } }, facts());
    expect(out.find(({ status }) => status === 'failed')).toMatchObject({
      ...{ finding: 'link-unplugged', evidence: [{ line: "<mac address='52:54:00:00:00:01'/> <link state='down'/>" }] },
      repair: { action: 'plug-in' },
    });
  });

  it("knows what QEMU's own network, isolated ports and macvtap mean", () => {
    const user: TraceCard = { ...card, type: 'user' };
    expect(found({ from: { kind: 'host' }, to: user }, facts())).toContain('way-rules failed rules-user');
    expect(found({ from: user, to: { kind: 'internet' } }, facts())).toContain('way-route ok route-user');
    const other = { ...card, machine: 'n', name: 'db', mac: '52:54:00:00:00:02' };
    expect(found({ from: card, to: other }, facts())).toContain('way-rules failed rules-isolated');
    const beside: TraceCard = { ...card, type: 'direct', source: 'eth0' };
    expect(found({ from: beside, to: { kind: 'host' } }, facts())).toContain('way-route failed direct-host');
  });
});
