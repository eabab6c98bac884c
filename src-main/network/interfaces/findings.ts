/** What stands in the way of a bridge over an interface, or should be known before. Pure. */
import type { BridgeRequest } from '../../../src-shared/model/interface-summary.ts';
import type { NetworkFinding } from '../../../src-shared/model/network-summary.ts';
import { linkPattern } from './actions.ts';
import { deviceOf, type InterfaceDevice, type InterfaceFacts } from './facts.ts';

/** Why no bridge can be made over a device, whatever it is called; undefined when one can. */
export function notBridgeable(device: InterfaceDevice): Pick<NetworkFinding, 'id' | 'message' | 'fix'> | undefined {
  const { name, kind, master, isTap } = device;
  if (kind === 'wireless') {
    return {
      id: 'wireless',
      message: `${name} is a wireless interface: access points take packets from its own hardware address alone, so that machines behind a bridge would not be heard.`,
      fix: 'Give the machines a NAT network, which works over every interface.',
    };
  }
  if (master !== undefined) {
    return {
      id: 'has-master',
      message: `${name} is a port of ${master} already.`,
      fix: `Connect the machines to ${master}.`,
    };
  }
  if (kind === 'bridge') {
    return { id: 'is-bridge', message: `${name} is a bridge itself.`, fix: `Connect the machines to ${name}.` };
  }
  if (kind === 'loopback') return { id: 'loopback', message: `${name} leads to this host alone.` };
  if (isTap || kind === 'virtual') {
    return { id: 'no-card', message: `${name} is not a network card: nothing outside is behind it.` };
  }
  return undefined;
}

export function bridgeFindings({ device: name, bridge }: BridgeRequest, facts: InterfaceFacts): NetworkFinding[] {
  const device = deviceOf(facts, name);
  const findings: NetworkFinding[] = [];
  if (device === undefined) {
    findings.push({ id: 'no-device', severity: 'error', message: `There is no interface '${name}'.` });
  } else {
    const refusal = notBridgeable(device);
    if (refusal !== undefined) findings.push({ severity: 'error', ...refusal });
  }
  if (!linkPattern.test(bridge) || bridge.includes('..')) {
    findings.push({
      ...{ id: 'bad-name', severity: 'error', message: `A bridge can't be called '${bridge}'.` },
      fix: 'Use up to 15 letters, digits, dots, dashes and underscores, a letter first.',
    });
  } else if (deviceOf(facts, bridge) !== undefined || facts.configured.some((each) => each.name === bridge)) {
    findings.push({
      ...{ id: 'name-taken', severity: 'error', message: `There is an interface '${bridge}' already.` },
      fix: 'Give the bridge another name.',
    });
  }
  if (facts.routes.some((route) => route.device === name && route.destination === 'default')) {
    findings.push({
      ...{ id: 'default-route', severity: 'warning' },
      message: `This host reaches the Internet over ${name}: connections stop for a moment.`,
      fix: 'Unless you keep the change in time, it is rolled back by itself.',
    });
  }
  if (device !== undefined && device.state !== 'up' && device.kind !== 'wireless') {
    findings.push({
      ...{ id: 'no-link', severity: 'warning' },
      message: `${name} has no link at present: machines on the bridge reach each other and this host only.`,
    });
  }
  return findings;
}
