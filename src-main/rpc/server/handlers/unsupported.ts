/**
 * What the protocol knows and the engine does not do: answered as libvirt does when a driver lacks a function, by the
 * name that its documentation has, and not as a server that never heard of it.
 */
import type { AnyHandlers, AnyProcedures } from '../handler.ts';
import { notSupported } from './shared.ts';

/** Parts of names that libvirt writes in its own way. */
const spellings: readonly (readonly [pattern: RegExp, spelling: string])[] = [
  [/Xml/g, 'XML'],
  [/Cpu(?![a-z])/g, 'CPU'],
  [/Cpu(?=Stats|Map|Model)/g, 'CPU'],
  [/Uuid/g, 'UUID'],
  [/Iothread/g, 'IOThread'],
  [/Nwfilter/g, 'NWFilter'],
  [/Nmi/g, 'NMI'],
  [/Fs(?=[A-Z]|freeze|thaw|trim|info)/g, 'FS'],
  [/Pm(?=Suspend|Wakeup)/g, 'PM'],
  [/Dhcp/g, 'DHCP'],
  [/Sev/g, 'SEV'],
  [/Scsi/g, 'SCSI'],
  [/Wwn/g, 'WWN'],
];

/** `domainGetCpuStats` → `virDomainGetCPUStats`; what belongs to one hypervisor has its name after the object's. */
export function apiName(procedure: string, hypervisor = ''): string {
  const name = `${procedure.charAt(0).toUpperCase()}${procedure.slice(1)}`.replace(
    /^(Domain|Connect)/,
    `$1${hypervisor}`,
  );
  return `vir${spellings.reduce((text, [pattern, spelling]) => text.replace(pattern, spelling), name)}`;
}

/** A handler that says so for each procedure that has none. */
export function unsupported(procedures: AnyProcedures, answered: AnyHandlers): AnyHandlers {
  const missing = Object.entries(procedures).filter(
    ([name, { kind }]) => kind === 'call' && answered[name] === undefined && !name.startsWith('auth'),
  );
  return Object.fromEntries(
    missing.map(([name]) => [
      name,
      () => {
        throw notSupported(apiName(name));
      },
    ]),
  );
}
