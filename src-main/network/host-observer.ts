/** The host as networks are planned for it: what anybody sees, and what its firewall and its resolver say of themselves. */
import type { Firewalld } from './firewalld/firewalld.ts';
import type { HostAccess } from './host-access.ts';
import { type HostFacts, observeHost } from './host-facts.ts';
import type { Resolved } from './names/resolved.ts';

export interface ObserverParts {
  readonly firewall: HostAccess['firewall'];
  readonly firewalld: Pick<Firewalld, 'facts'>;
  readonly resolved: Pick<Resolved, 'runs'>;
}

export async function observeAll(parts: ObserverParts): Promise<HostFacts> {
  const [facts, firewall, firewalld, hasResolved] = await Promise.all([
    observeHost(),
    parts.firewall(),
    parts.firewalld.facts(),
    parts.resolved.runs(),
  ]);
  const { forwardPolicy, backend, version } = firewall;
  if (firewalld === undefined) return { ...facts, forwardPolicy, hasResolved };
  const known = { ...firewalld, backend: firewalld.backend ?? backend, version: firewalld.version || version };
  return { ...facts, forwardPolicy, hasResolved, firewalld: known };
}
