/** The program of what only QEMU has. */
import { optional } from '../xdr/compounds.ts';
import { hyper, int, string, uint } from '../xdr/scalars.ts';
import { domain } from './objects.ts';
import { call, event, high } from './procedure.ts';

export const qemuProcedures = {
  domainMonitorCommand: call(1, { dom: domain, cmd: string, flags: uint }, { result: string }),
  domainAttach: call(2, { pidValue: uint, flags: uint }, { dom: domain }),
  domainAgentCommand: call(3, { dom: domain, cmd: string, timeout: int, flags: uint }, { result: optional(string) }),
  connectDomainMonitorEventRegister: call(
    4,
    { dom: optional(domain), event: optional(string), flags: uint },
    { callbackID: int },
    high,
  ),
  connectDomainMonitorEventDeregister: call(5, { callbackID: int }, {}, high),
  domainMonitorEvent: event(6, {
    callbackID: int,
    dom: domain,
    event: string,
    seconds: hyper,
    micros: uint,
    details: optional(string),
  }),
  domainMonitorCommandWithFiles: call(7, { dom: domain, cmd: string, flags: uint }, { result: string }),
};
