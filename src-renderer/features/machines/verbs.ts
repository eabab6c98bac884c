/** What can be done to a machine in its state by its driver. Pure. */
import type { ConnectionInfo } from '../../../src-shared/contract/connections.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';

export const verbs = [
  'start',
  'resume',
  'suspend',
  'shutdown',
  'reboot',
  'reset',
  'destroy',
  'managedSave',
  'managedSaveRemove',
  'console',
  'rename',
  'setAutostart',
  'organise',
  'delete',
] as const;
export type Verb = (typeof verbs)[number];

export type Target = Pick<
  DomainSummary,
  'id' | 'state' | 'reason' | 'persistent' | 'hasManagedSave' | 'hasGraphics' | 'autostart'
>;

/** Whether the verb makes sense for a machine in this state. */
export function fitsState(verb: Verb, machine: Target): boolean {
  const active = machine.id !== undefined;
  const executing = machine.state === 'running' || machine.state === 'blocked';
  switch (verb) {
    case 'start':
      return !active;
    case 'resume':
      return machine.state === 'paused' || machine.state === 'pmsuspended';
    case 'suspend':
    case 'shutdown':
    case 'reboot':
      return executing;
    case 'managedSave':
      return active && machine.persistent;
    case 'reset':
    case 'destroy':
      return active;
    case 'managedSaveRemove':
      return machine.hasManagedSave;
    case 'console':
      return true;
    case 'setAutostart':
    case 'organise':
      return machine.persistent;
    case 'rename':
    case 'delete':
      return !active && machine.persistent;
  }
}

/** The driver's methods a verb needs, by the names that connections list. */
const methods: Readonly<Record<Verb, string>> = {
  start: 'start',
  resume: 'resume',
  suspend: 'suspend',
  shutdown: 'shutdown',
  reboot: 'reboot',
  reset: 'reset',
  destroy: 'destroy',
  managedSave: 'managedSave',
  managedSaveRemove: 'managedSaveRemove',
  console: 'consoles',
  rename: 'rename',
  setAutostart: 'setAutostart',
  organise: 'setMetadata',
  delete: 'undefine',
};

export function isOffered(verb: Verb, connection: Pick<ConnectionInfo, 'domainVerbs'> | undefined): boolean {
  return connection?.domainVerbs.includes(methods[verb]) === true;
}

/** Which of the machines the verb can be applied to. */
export function applicable<M extends Target & { readonly uri: string }>(
  verb: Verb,
  machines: readonly M[],
  connectionOf: (uri: string) => Pick<ConnectionInfo, 'domainVerbs'> | undefined,
): readonly M[] {
  return machines.filter((machine) => fitsState(verb, machine) && isOffered(verb, connectionOf(machine.uri)));
}
