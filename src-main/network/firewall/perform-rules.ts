/** Networks' rules, put into nftables in one transaction. */
import { ProcessError, run } from '../../host/process.ts';
import type { NetworkAction } from '../actions.ts';
import { networkScript, newNetworkScript, removeNetworkScript, removeTableScript, tableScript } from './nftables.ts';
import { forwardsScript, newForwardsScript, removeForwardsScript } from './port-forwards.ts';

export type RuleAction = Extract<NetworkAction, { readonly verb: `nft-${'table' | 'network' | 'forwards'}-${string}` }>;

const timeoutMs = 10_000;

export const isRuleAction = (action: NetworkAction): action is RuleAction =>
  /^nft-(?:table|network|forwards)-/.test(action.verb);

/**
 * Several actions are one transaction. What is made usually isn't there yet: taking away first what might be makes the
 * kernel wait until no packet can meet it, so that is only done when it turns out to be.
 */
export async function performRules(actions: readonly RuleAction[], signal?: AbortSignal): Promise<void> {
  const made = actions.map(newScript);
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  if (made.every((script) => script !== undefined)) {
    try {
      await run(['nft', '-f', '-'], { ...options, input: made.join('\n') });
      return;
    } catch (thrown) {
      // There is some of it, or a part of the table it goes into isn't there.
      if (!(thrown instanceof ProcessError) || thrown.failure !== 'exit') throw thrown;
    }
  }
  await run(['nft', '-f', '-'], { ...options, input: needed(actions).map(script).join('\n') });
}

/** With a table everything in it goes. */
function needed(actions: readonly RuleAction[]): readonly RuleAction[] {
  const gone = new Set(actions.flatMap((action) => (action.verb === 'nft-table-delete' ? [action.table] : [])));
  return actions.filter((action) => action.verb !== 'nft-network-delete' || !gone.has(action.table));
}

/** Right whatever is there. */
function script(action: RuleAction): string {
  switch (action.verb) {
    case 'nft-table-add':
      return tableScript(action.table);
    case 'nft-table-delete':
      return removeTableScript(action.table);
    case 'nft-network-set':
      return networkScript(action.table, action.bridge, action.rules);
    case 'nft-network-delete':
      return removeNetworkScript(action.table, action.bridge);
    case 'nft-forwards-set':
      return forwardsScript(action.table, action.bridge, action.forwards);
    case 'nft-forwards-delete':
      return removeForwardsScript(action.table);
  }
}

/** Fails where some of it is there. */
function newScript(action: RuleAction): string | undefined {
  switch (action.verb) {
    case 'nft-table-add':
      return tableScript(action.table);
    case 'nft-network-set':
      return newNetworkScript(action.table, action.bridge, action.rules);
    case 'nft-forwards-set':
      return newForwardsScript(action.table, action.bridge, action.forwards);
    default:
      return undefined;
  }
}
