/** What changes of interfaces take, by whoever keeps the host's configuration. Pure. */
import { say, type Sentence, type Words } from '../../../src-shared/words.ts';
import { type HostInterface, parseHostInterface } from '../../../src-shared/model/host-interface.ts';
import type { BridgeRequest, InterfacePlan } from '../../../src-shared/model/interface-summary.ts';
import { parseAddress } from '../../../src-shared/model/network-address.ts';
import type { NetworkFinding } from '../../../src-shared/model/network-summary.ts';
import { fromXmlError } from '../../engine/domain-errors.ts';
import { linkPattern } from './actions.ts';
import { type Named, portsOf } from './definitions.ts';
import { interfaceError, noInterface, refusedBy } from './errors.ts';
import { deviceOf, type InterfaceDevice, type InterfaceFacts } from './facts.ts';
import { bridgeFindings } from './findings.ts';
import { keepers } from './keepers/index.ts';
import type { KeeperSteps } from './keepers/keeper.ts';
import type { InterfaceStep } from './plan-live.ts';

/** A plan with what it was made of. */
export interface PlannedBridge extends KeeperSteps {
  readonly findings: readonly NetworkFinding[];
}

const nothing: KeeperSteps = { now: [], keep: [] };

export function planBridge(request: BridgeRequest, facts: InterfaceFacts): PlannedBridge {
  const findings = bridgeFindings(request, facts);
  const device = deviceOf(facts, request.device);
  if (device === undefined || findings.some(isError)) return { ...nothing, findings };
  const { bridge, stp = false, delaySeconds = 0 } = request;
  return { ...keepers[facts.keeper].bridge(device, { bridge, stp, delaySeconds }, facts), findings };
}

export function planUnbridge(name: string, facts: InterfaceFacts): PlannedBridge {
  const bridge = deviceOf(facts, name);
  const findings = unbridgeFindings(name, bridge, facts);
  const port = facts.devices.find((each) => each.master === name && isCard(each));
  if (bridge === undefined || port === undefined || findings.some(isError)) return { ...nothing, findings };
  return { ...keepers[facts.keeper].unbridge(bridge, port, facts), findings };
}

const isError = ({ severity }: NetworkFinding): boolean => severity === 'error';
/** Not a machine's end. */
const isCard = ({ isTap, kind }: InterfaceDevice): boolean => !isTap && kind !== 'virtual';

function unbridgeFindings(name: string, bridge: InterfaceDevice | undefined, facts: InterfaceFacts): NetworkFinding[] {
  if (bridge === undefined)
    return [{ id: 'no-device', severity: 'error', message: `There is no interface '${name}'.` }];
  if (bridge.kind !== 'bridge') return [{ id: 'no-bridge', severity: 'error', message: `${name} is not a bridge.` }];
  const ports = facts.devices.filter(({ master }) => master === name);
  const cards = ports.filter(isCard);
  if (cards.length !== 1) {
    const message = cards.length === 0 ? `No network card is a port of ${name}.` : `${name} has several network cards.`;
    return [{ id: 'ports', severity: 'error', message, fix: 'Undefine the bridge instead.' }];
  }
  const machines = ports.filter((port) => !isCard(port));
  if (machines.length === 0) return [];
  return [
    {
      ...{ id: 'machines', severity: 'error' },
      message: `Machines are connected to ${name}: ${machines.map((each) => each.name).join(', ')}.`,
      fix: 'Stop them, or connect them elsewhere.',
    },
  ];
}

/** As people see it. */
export const shown = ({ now, keep, findings }: PlannedBridge, facts: InterfaceFacts): InterfacePlan => ({
  steps: now.map(({ sentence, words, inverse }) => ({
    ...said(sentence, words),
    ...(inverse === undefined ? {} : { undo: inverse.sentence }),
  })),
  findings,
  keeper: keepers[facts.keeper].info,
  keep: keep.map(({ sentence, words }) => said(sentence, words)),
});

const said = (sentence: string, words: Words | undefined): { sentence: string; words?: Words } =>
  words === undefined ? { sentence } : { sentence, words };

/** @throws VirError with what stands in the way */
export function demandFree(what: Sentence, { findings, now, keep }: PlannedBridge): KeeperSteps {
  const errors = findings.filter(isError);
  if (errors.length > 0) throw refusedBy(what, errors);
  return { now, keep };
}

export const planDefine = (definition: Named, facts: InterfaceFacts): readonly InterfaceStep[] =>
  keepers[facts.keeper].define(definition, facts);

export const planUndefine = (name: string, facts: InterfaceFacts): readonly InterfaceStep[] =>
  keepers[facts.keeper].undefine(name, facts);

export function planStart(name: string, facts: InterfaceFacts): readonly InterfaceStep[] {
  const device = deviceOf(facts, name);
  const configured = facts.configured.find((each) => each.name === name);
  if (device === undefined && configured === undefined) throw noInterface(name);
  if (device?.state === 'up') throw interfaceError('operation-invalid', say`interface '${name}' is already active`);
  if (configured !== undefined) return keepers[facts.keeper].start({ ...configured, name }, facts);
  return [
    {
      sentence: `Switch ${name} on.`,
      action: { verb: 'link-up', link: name },
      inverse: { sentence: `Switch ${name} off.`, action: { verb: 'link-down', link: name } },
    },
  ];
}

export function planStop(name: string, facts: InterfaceFacts): readonly InterfaceStep[] {
  const device = deviceOf(facts, name);
  if (device === undefined) throw noInterface(name);
  // A bridge without machines is switched on, and has no link.
  if (!device.isUp) throw interfaceError('operation-invalid', say`interface '${name}' is not active`);
  const isConfigured = facts.configured.some((each) => each.name === name);
  if (isConfigured) return keepers[facts.keeper].stop(device, facts);
  return [
    {
      sentence: `Switch ${name} off.`,
      action: { verb: 'link-down', link: name },
      inverse: { sentence: `Switch ${name} on again.`, action: { verb: 'link-up', link: name } },
    },
  ];
}

const macPattern = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;

/**
 * A definition whose every word may become a word of a configuration file, some of which are run by a shell.
 * @throws VirError `xml-error`
 */
export function readDefinition(xml: string): Named {
  let definition: HostInterface;
  try {
    definition = parseHostInterface(xml);
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
  const { name, protocol } = definition;
  if (name === undefined) throw bad(say`The interface has no name.`);
  checkName(name);
  for (const port of portsOf(definition)) checkName(port);
  for (const { ip, route, family } of protocol) {
    const isOfFamily = (text: string): boolean => parseAddress(text)?.family === family;
    const wrong = [...ip.map(({ address }) => address), ...route.map(({ gateway }) => gateway)].find(
      (each) => !isOfFamily(each),
    );
    if (wrong !== undefined) throw bad(say`'${wrong}' is no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address.`);
    const long = ip.find(({ prefix = 0 }) => prefix > (family === 'ipv4' ? 32 : 128));
    if (long !== undefined) throw bad(say`The prefix of ${long.address} is too long.`);
  }
  if (definition.mtu !== undefined && (definition.mtu.size < 68 || definition.mtu.size > 65_535))
    throw bad(say`The MTU is not 68 to 65535.`);
  const mac = definition.mac?.address;
  if (mac !== undefined && !macPattern.test(mac)) throw bad(say`'${mac}' is no hardware address.`);
  if (definition.type === 'bridge' && !/^(?:[012]?\d|30)(?:\.\d+)?$/.test(definition.bridge?.delay ?? '0')) {
    throw bad(say`The delay is not 0 to 30 seconds.`);
  }
  if (definition.type === 'vlan') {
    const { tag, interface: parent } = definition.vlan ?? {};
    if (parent === undefined || tag === undefined || tag > 4095)
      throw bad(say`A VLAN has a tag up to 4095 and an interface.`);
    checkName(parent.name);
  }
  return { ...definition, name };
}

function checkName(name: string): void {
  if (linkPattern.test(name) && !name.includes('..')) return;
  throw bad(say`'${name}' can't be the name of an interface.`);
}

const bad = (cause: Sentence): Error => interfaceError('xml-error', say`The interface can't be used.`, { cause });
