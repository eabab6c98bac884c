import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TargetQuestion, Trace, TraceCard, TraceHop } from '../../../src-shared/model/network-trace.ts';
import { internetAddress, Lab, type LabEngine } from './lab.ts';
import { cardXml, Machine } from './machine.ts';

let lab: Lab;
let engine: LabEngine;
let uuid: string;

const nat = `<network><name>lab</name><forward mode='nat'/><bridge name='virbr9' stp='off'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.77.10' end='192.168.77.99'/></dhcp>
  </ip></network>`;

const card = (name: string, mac: string): TraceCard => ({
  ...{ kind: 'card', machine: `of-${name}`, name, running: true, mac, type: 'network', source: 'lab' },
  ...{ device: `tap-${name}`, plugged: true, addresses: [] },
});
const one = card('one', '52:54:00:00:00:01');
const out: TargetQuestion = { from: one, to: { kind: 'internet', address: internetAddress } };

const failure = ({ hops, failed }: Trace): TraceHop | undefined => hops.find(({ id }) => id === failed);
const summary = ({ hops }: Trace): string =>
  hops.map(({ id, status, finding }) => `${id} ${status} ${finding}`).join('\n');

/** The first hop that failed, which has to be this one. */
async function fails(question: TargetQuestion, id: string, finding: string): Promise<TraceHop> {
  const trace = await engine.networks.trace(question);
  const hop = failure(trace);
  expect(hop, summary(trace)).toMatchObject({ id, finding });
  if (hop === undefined) throw new Error('nothing failed');
  return hop;
}

/** Does what is offered, after which this hop is in nobody's way. */
async function repair(question: TargetQuestion, { id, repair: offered }: TraceHop): Promise<Trace> {
  expect(offered?.steps.length).toBeGreaterThan(0);
  await engine.networks.repairTrace(question, id);
  const trace = await engine.networks.trace(question);
  expect(trace.failed, summary(trace)).not.toBe(id);
  return trace;
}

/** Somebody else's rules. */
const fence = async (rules: string): Promise<string> => await lab.run(['nft', '-f', '-'], { input: `${rules}\n` });

const works = async (question: TargetQuestion = out): Promise<void> => {
  const trace = await engine.networks.trace(question);
  expect(trace.status, summary(trace)).toBe('ok');
};

beforeEach(async () => {
  lab = await Lab.open();
  engine = await lab.engine();
  ({ uuid } = await engine.networks.define(nat));
  await engine.networks.start(uuid);
  await lab.guest('one', 'virbr9', '52:54:00:00:00:01');
});
afterEach(async () => {
  await lab.close();
});

describe('a trace from a guest to the outside', () => {
  it('finds every hop in order, each with the line that says so', async () => {
    await lab.lease('one');
    const trace = await engine.networks.trace(out);
    expect(trace.hops.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      ...['machine ok', 'link ok', 'network ok', 'lease ok', 'address ok', 'neighbour ok'],
      ...['route ok', 'forwarding ok', 'rules ok', 'translation ok'],
    ]);
    const evidence = Object.fromEntries(trace.hops.map(({ kind, evidence: [first] }) => [kind, first?.line]));
    expect(evidence).toMatchObject({
      link: expect.stringMatching(/tap-one.*master virbr9 state UP/) as string,
      forwarding: 'net.ipv4.ip_forward = 1',
      route: expect.stringContaining('dev wan0') as string,
      rules: expect.stringContaining('ip saddr 192.168.77.0/24 iifname "virbr9" accept') as string,
      translation: expect.stringContaining('masquerade') as string,
    });
    expect(await lab.reaches('one', internetAddress)).toBe(true);
  });

  it('names a link that is down, and switches it on', async () => {
    await lab.lease('one');
    await lab.sh('ip link set tap-one down');
    const hop = await fails(out, 'from-link', 'link-down');
    expect(hop.evidence[0]?.line).toMatch(/tap-one@\S+: <BROADCAST,MULTICAST> .* state DOWN/);
    await repair(out, hop);
    await works();
    expect(await lab.reaches('one', internetAddress)).toBe(true);
  });

  it('names the rule that drops the question for an address, and gets around it until the network stops', async () => {
    const before = await lab.run(['nft', 'list', 'ruleset']);
    await fence(`table inet fence {
      chain input { type filter hook input priority filter; policy accept;
      iifname "virbr9" ct state new jump guests
    }
      chain guests {
      udp dport 67 drop
    }
    }`);
    await expect(lab.lease('one')).rejects.toThrow('no lease');
    const hop = await fails(out, 'from-lease', 'lease-dropped');
    expect(hop.evidence[0]).toMatchObject({ line: 'udp dport 67 drop' });
    await engine.networks.repairTrace(out, hop.id);
    await lab.lease('one');
    await works();
    await engine.networks.destroy(uuid);
    expect(await lab.run(['nft', 'list', 'ruleset'])).not.toContain('vivarium');
    await lab.sh('nft delete table inet fence');
    expect(before).toContain('virbr9');
  });

  it('names a name and address server that does not run, and starts it', async () => {
    await lab.sh(`kill $(cat ${lab.folder}/dnsmasq/virbr9.pid)`);
    const hop = await fails(out, 'from-lease', 'lease-no-server');
    await engine.networks.repairTrace(out, hop.id);
    await lab.lease('one');
    await works();
  });

  it('names forwarding that is off, and switches it on', async () => {
    await lab.lease('one');
    await lab.sh('echo 0 >/proc/sys/net/ipv4/ip_forward');
    const hop = await fails(out, 'way-forwarding', 'forwarding-off');
    expect(hop.evidence[0]?.line).toBe('net.ipv4.ip_forward = 0');
    await repair(out, hop);
    await works();
    expect(await lab.reaches('one', internetAddress)).toBe(true);
  });

  it("names a policy like Docker's, and sets the network's rules beside it", async () => {
    await lab.lease('one');
    await lab.sh('iptables -P FORWARD DROP; iptables -N DOCKER-USER; iptables -A FORWARD -j DOCKER-USER');
    expect(await lab.reaches('one', internetAddress)).toBe(false);
    const hop = await fails(out, 'way-rules', 'rules-policy');
    expect(hop.evidence[0]?.line).toBe('type filter hook forward priority filter; policy drop;');
    await repair(out, hop);
    await works();
    expect(await lab.reaches('one', internetAddress)).toBe(true);
    await engine.networks.destroy(uuid);
    expect(await lab.run(['iptables', '-S'])).not.toContain('virbr9');
  });

  it('names a rule that rejects, and one that keeps the answer out, and gets around both', async () => {
    await lab.lease('one');
    await fence(`table inet fence {
      chain forward { type filter hook forward priority -5; policy accept;
      ct state established iifname != "virbr9" oifname "virbr9" drop
      ip daddr { 198.51.100.0/24, 203.0.113.7 } counter reject with icmp admin-prohibited
    }
    }`);
    const there = await fails(out, 'way-rules', 'rules-stop');
    expect(there.evidence[0]?.line).toMatch(/counter packets \d+ bytes \d+ reject with icmp admin-prohibited$/);
    await engine.networks.repairTrace(out, there.id);
    const back = await fails(out, 'way-rules', 'rules-stop-answer');
    await engine.networks.repairTrace(out, back.id);
    await works();
    expect(await lab.reaches('one', internetAddress)).toBe(true);
  });

  it("names translation that is gone with somebody's flush, and sets the rules again", async () => {
    await lab.lease('one');
    await lab.sh('nft flush ruleset');
    const hop = await fails(out, 'way-translation', 'translation-off');
    await repair(out, hop);
    await works();
    expect(await lab.reaches('one', internetAddress)).toBe(true);
  });

  it("names an address of the host's that is gone", async () => {
    await lab.lease('one');
    await lab.sh('ip address flush dev virbr9');
    const hop = await fails(out, 'from-network', 'network-no-address');
    await repair(out, hop);
    expect(await lab.reaches('one', internetAddress)).toBe(true);
  });

  it('says that it can not tell rather than guess', async () => {
    await lab.lease('one');
    await fence(`table inet fence {
      chain forward { type filter hook forward priority -5; policy accept;
      meta skuid 7 drop
      limit rate over 10/second drop
    }
    }`);
    const { status, hops } = await engine.networks.trace(out);
    expect(status).toBe('unknown');
    expect(hops.find(({ kind }) => kind === 'rules')).toMatchObject({
      finding: 'rules-unclear',
      evidence: [{ line: 'meta skuid 7 drop' }],
    });
  });

  it('starts a network that is off', async () => {
    await lab.unplug('one');
    await engine.networks.destroy(uuid);
    const question: TargetQuestion = { from: { kind: 'network', uuid }, to: { kind: 'internet' } };
    const hop = await fails(question, 'from-network', 'network-inactive');
    await repair(question, hop);
    expect((await engine.networks.lookupByUuid(uuid)).active).toBe(true);
    await works(question);
  });
});

describe('a trace to a port', () => {
  it('of a guest: open, refused, and nobody there', async () => {
    await lab.lease('one');
    const question: TargetQuestion = { from: { kind: 'host' }, to: one, port: { protocol: 'tcp', port: 80 } };
    const closed = await fails(question, 'end-port', 'port-closed');
    expect(closed.advice?.text).toContain('Start the service');
    await lab.sh('ip netns exec one busybox httpd -p 80 -h /run');
    await lab.sh(`for n in $(seq 100); do ip netns exec one ss -ltn | grep -q ':80 ' && exit; sleep 0.05; done; false`);
    await works(question);
    await lab.sh('ip -n one link set eth0 down; ip neighbour flush dev virbr9');
    await fails(question, 'to-link', 'link-no-carrier');
  });

  it('of the host: as guests see it', async () => {
    await lab.lease('one');
    const question: TargetQuestion = { from: one, to: { kind: 'host' }, port: { protocol: 'udp', port: 53 } };
    await works(question);
    await fails({ ...question, port: { protocol: 'tcp', port: 8000 } }, 'end-port', 'port-not-listening');
  });

  it('of one guest from another: what is switched passes no rule of routed packets', async () => {
    await lab.guest('two', 'virbr9', '52:54:00:00:00:02');
    await lab.lease('one');
    await lab.lease('two');
    await works({ from: one, to: card('two', '52:54:00:00:00:02') });
    await fence(`table bridge fence {
      chain forward { type filter hook forward priority 0; policy accept;
      iifname "tap-one" oifname "tap-two" drop
    }
    }`);
    const hop = await fails({ from: one, to: card('two', '52:54:00:00:00:02') }, 'way-rules', 'rules-stop');
    expect(hop.evidence[0]?.line).toBe('iifname "tap-one" oifname "tap-two" drop');
  });

  it('from outside: what a translating network means', async () => {
    await lab.lease('one');
    const hop = await fails(
      { from: { kind: 'internet', address: internetAddress }, to: one },
      'way-rules',
      'rules-stop',
    );
    expect(hop).toMatchObject({ advice: { key: 'own-rules' } });
    expect(hop.repair).toBeUndefined();
  });
});

describe('a real guest', () => {
  it('whose cable was taken off the bridge is plugged in again', async () => {
    await lab.unplug('one');
    const mac = '52:54:00:00:00:03';
    const guest = await Machine.start(lab, engine, 'guest', cardXml(mac, "<source network='lab'/>"));
    await guest.lease();
    await guest.ready();
    const question: TargetQuestion = { ...out, from: { ...card('guest', mac), device: 'vnet0' } };
    await works(question);
    await lab.sh('ip link set vnet0 nomaster');
    expect(await guest.reaches(internetAddress)).toBe(false);
    const hop = await fails(question, 'from-link', 'link-elsewhere');
    await repair(question, hop);
    await works(question);
    expect(await guest.reaches(internetAddress)).toBe(true);
    const shell: TargetQuestion = { from: { kind: 'host' }, to: question.from, port: { protocol: 'tcp', port: 7 } };
    await fails(shell, 'end-port', 'port-closed');
    await engine.domains.destroy(guest.uuid);
  });
});
