/** How an engine changes the host's network and looks at what only root sees: by itself, or through the privileged helper. */
import type { Performer } from '../host/steps.ts';
import type { NetworkAction } from './actions.ts';
import { HelperPerformer } from './helper/performer.ts';
import type { HelperRecord } from './host-changes.ts';
import { iptablesForwardPolicy } from './host-facts.ts';
import { readRuleTexts } from './trace/observe.ts';

export interface HostAccess {
  readonly performer: Performer<NetworkAction>;
  /** What the helper has recorded, where it acts. */
  readonly record: HelperRecord | undefined;
  /** Does what nobody in front of the screen asked for. */
  quietly<T>(work: () => Promise<T>): Promise<T>;
  /** Asks once, before the first of several changes. @throws VirError when this user may not. */
  authorize(device: string): Promise<void>;
  readonly firewall: HelperPerformer['firewall'];
  /** The host's rules, as far as this engine sees them. */
  readonly rules: HelperPerformer['rules'];
}

export function accessBy(performer: Performer<NetworkAction>): HostAccess {
  if (performer instanceof HelperPerformer) {
    return {
      ...{ performer, record: performer },
      quietly: async (work) => await performer.quietly(work),
      authorize: async (device) => await performer.authorize(device),
      firewall: async () => await performer.firewall(),
      rules: async () => await performer.rules(),
    };
  }
  return {
    ...{ performer, record: undefined, rules: readRuleTexts },
    quietly: async (work) => await work(),
    authorize: async () => await Promise.resolve(),
    firewall: async () => ({ forwardPolicy: await iptablesForwardPolicy(), backend: undefined, version: '' }),
  };
}
