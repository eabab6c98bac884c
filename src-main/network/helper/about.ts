/** What a change is about, the same for the engine's record and the helper's, so that one is seen in the other. Pure. */
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';

export function aboutOf({ action, shared }: Pick<Step<NetworkAction>, 'action' | 'shared'>): string {
  return `${action.verb} ${nameOf(action, shared)}`;
}

function nameOf(action: NetworkAction, shared: string | undefined): string {
  if ('link' in action) return action.link;
  if ('bridge' in action && action.bridge !== undefined) return action.bridge;
  if ('table' in action) return action.table;
  if (action.verb === 'sysctl-set') return shared ?? '';
  if (!('rules' in action)) return '';
  const devices = action.rules.flatMap(({ matches }) =>
    matches.flatMap((match) => ('device' in match ? match.device : [])),
  );
  return devices[0] ?? '';
}
