/** How many machines a running network has, as its XML tells. Pure. */
import type { Network } from '../../../src-shared/model/network.ts';
import type { Port } from './port.ts';

export function withConnections(
  definition: Network,
  { uuid, active }: { readonly uuid: string; readonly active: Network | undefined },
  ports: readonly Port[],
): Network {
  const own = ports.filter(({ network }) => network?.uuid === uuid);
  if (active === undefined || own.length === 0) return definition;
  const on = (dev: string): number => own.filter(({ end }) => end.kind === 'macvtap' && end.lower === dev).length;
  const { forward } = definition;
  const counted = (forward?.interface ?? []).map((item) => {
    const connections = on(item.dev);
    return connections === 0 ? item : { ...item, connections };
  });
  return {
    ...definition,
    connections: own.length,
    ...(forward === undefined ? {} : { forward: { ...forward, interface: counted } }),
  };
}
