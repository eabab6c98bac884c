/** Networks as the engine's interface tells of them, whichever driver has them. */
import { formatAddress } from '../../src-shared/model/network-address.ts';
import { subnetOf } from '../../src-shared/model/network-subnet.ts';
import type { NetworkPlan, NetworkSummary } from '../engine/network-api.ts';
import type { Step } from '../host/step.ts';
import type { NetworkDefinition } from './complete.ts';
import type { StartPlan } from './plan.ts';

interface KnownNetwork {
  readonly uuid: string;
  readonly name: string;
  readonly active?: NetworkDefinition | undefined;
  readonly config?: NetworkDefinition | undefined;
  readonly autostart: boolean;
}

/** What runs, else what would. */
export function definitionOf({ name, active, config }: KnownNetwork): NetworkDefinition {
  const definition = active ?? config;
  if (definition === undefined) throw new TypeError(`network '${name}' has no definition`);
  return definition;
}

export function describe(network: KnownNetwork): NetworkSummary {
  const { forward, bridge, ip } = definitionOf(network);
  return {
    uuid: network.uuid,
    name: network.name,
    active: network.active !== undefined,
    persistent: network.config !== undefined,
    autostart: network.autostart,
    mode: forward?.mode ?? 'isolated',
    ...(bridge?.name === undefined ? {} : { bridge: bridge.name }),
    addresses: ip.flatMap((item) => {
      const subnet = subnetOf(item);
      return subnet === undefined ? [] : [`${formatAddress(subnet)}/${subnet.prefix}`];
    }),
  };
}

/** A step's machine form is nobody's to see. */
export const sentences = (steps: readonly Step<unknown>[]): NetworkPlan['steps'] =>
  steps.map(({ sentence, words, inverse }) => ({
    sentence,
    ...(words === undefined ? {} : { words }),
    ...(inverse === undefined ? {} : { undo: inverse.sentence }),
    ...(inverse?.words === undefined ? {} : { undoWords: inverse.words }),
  }));

export const shown = ({ steps, findings }: StartPlan): NetworkPlan => ({ findings, steps: sentences(steps) });
