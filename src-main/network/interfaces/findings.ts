/** What stands in the way of a bridge over an interface, or should be known before. Pure. */
import { tell } from '../../../src-shared/host-words.ts';
import type { Told } from '../../../src-shared/words.ts';
import type { BridgeRequest } from '../../../src-shared/model/interface-summary.ts';
import type { NetworkFinding } from '../../../src-shared/model/network-summary.ts';
import { linkPattern } from './actions.ts';
import { deviceOf, type InterfaceDevice, type InterfaceFacts } from './facts.ts';

type Refusal = Omit<NetworkFinding, 'severity'>;

/** Why no bridge can be made over a device, whatever it is called; undefined when one can. */
export function notBridgeable({ name: link, kind, master, isTap }: InterfaceDevice): Refusal | undefined {
  if (kind === 'wireless') return found('wireless', tell('hostWireless', { link }), tell('hostWirelessFix', {}));
  if (master !== undefined) {
    return found(
      'has-master',
      tell('hostHasMaster', { link, bridge: master }),
      tell('hostConnectTo', { bridge: master }),
    );
  }
  if (kind === 'bridge') {
    return found('is-bridge', tell('hostIsBridge', { link }), tell('hostConnectTo', { bridge: link }));
  }
  if (kind === 'loopback') return found('loopback', tell('hostLoopback', { link }));
  return isTap || kind === 'virtual' ? found('no-card', tell('hostNoCard', { link })) : undefined;
}

const found = (id: string, message: Told, fix?: Told): Refusal => ({
  ...{ id, message: message.sentence },
  ...(fix === undefined ? {} : { fix: fix.sentence }),
  words: { message: message.words, ...(fix === undefined ? {} : { fix: fix.words }) },
});

export function bridgeFindings({ device: link, bridge }: BridgeRequest, facts: InterfaceFacts): NetworkFinding[] {
  const device = deviceOf(facts, link);
  const findings: NetworkFinding[] = [];
  const error = (refusal: Refusal | undefined): void => {
    if (refusal !== undefined) findings.push({ severity: 'error', ...refusal });
  };
  const warning = (finding: Refusal): number => findings.push({ severity: 'warning', ...finding });
  error(device === undefined ? found('no-device', tell('hostNoDevice', { link })) : notBridgeable(device));
  if (!linkPattern.test(bridge) || bridge.includes('..')) {
    error(found('bad-name', tell('hostBadName', { link: bridge }), tell('hostBadNameFix', {})));
  } else if (deviceOf(facts, bridge) !== undefined || facts.configured.some((each) => each.name === bridge)) {
    error(found('name-taken', tell('hostNameTaken', { link: bridge }), tell('hostNameTakenFix', {})));
  }
  if (facts.routes.some((route) => route.device === link && route.destination === 'default')) {
    warning(found('default-route', tell('hostDefaultRoute', { link }), tell('hostDefaultRouteFix', {})));
  }
  if (device !== undefined && device.state !== 'up' && device.kind !== 'wireless') {
    warning(found('no-link', tell('hostNoLink', { link })));
  }
  return findings;
}
