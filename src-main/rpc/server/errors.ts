/** Errors as clients get them. */
import { type ErrorCode, errorCodes, errorDomains, toErrorData, VirError } from '../../../src-shared/errors.ts';
import type { RemoteError } from '../protocol/objects.ts';
import { XdrError } from '../xdr/error.ts';

/** How libvirt's messages begin for a code; scripts look for these words. */
const beginnings: Partial<Record<ErrorCode, string>> = {
  'internal-error': 'internal error',
  'no-support': 'this function is not supported by the connection driver',
  'invalid-arg': 'invalid argument',
  'operation-failed': 'operation failed',
  'xml-error': 'XML error',
  'operation-denied': 'operation forbidden',
  'no-domain': 'Domain not found',
  'no-network': 'Network not found',
  'auth-failed': 'authentication failed',
  'no-storage-pool': 'Storage pool not found',
  'no-storage-vol': 'Storage volume not found',
  'no-node-device': 'Node device not found',
  'operation-invalid': 'Requested operation is not valid',
  'no-interface': 'Interface not found',
  'no-nwfilter': 'Network filter not found',
  'no-nwfilter-binding': 'Network filter binding not found',
  'no-secret': 'Secret not found',
  'config-unsupported': 'unsupported configuration',
  'operation-timeout': 'Timed out during operation',
  'no-domain-snapshot': 'Domain snapshot not found',
  'argument-unsupported': 'argument unsupported',
  'operation-aborted': 'operation aborted',
  'no-domain-metadata': 'metadata not found',
  overflow: 'numerical overflow',
  'operation-unsupported': 'Operation not supported',
  'agent-unresponsive': 'Guest agent is not responding',
  'resource-busy': 'resource busy',
  'access-denied': 'access denied',
  'device-missing': 'device not found',
  'no-domain-checkpoint': 'Domain checkpoint not found',
  'no-domain-backup': 'Domain backup job id not found',
};

const levelError = 2;

/** `str2` is the message without its beginning, `str3` what to do about it. */
export function toRemoteError(thrown: unknown): RemoteError {
  const known = thrown instanceof XdrError ? malformed(thrown) : thrown;
  const { code, domain, message, cause, fix } = toErrorData(known, 'rpc');
  const whole = cause === undefined ? message : `${message}${message.endsWith('.') ? '' : '.'} ${cause}`;
  const beginning = beginnings[code];
  return {
    code: errorCodes[code],
    domain: errorDomains[domain],
    message: beginning === undefined || whole.startsWith(beginning) ? whole : `${beginning}: ${whole}`,
    level: levelError,
    str1: beginning === undefined ? '%s' : `${beginning}: %s`,
    str2: whole,
    ...(fix === undefined ? {} : { str3: fix }),
    int1: -1,
    int2: -1,
  };
}

/** Clients show this one as "not supported", and go on without the procedure. The words are part of the protocol. */
export function unknownProcedure(procedure: number): VirError {
  return rpcError(`unknown procedure: ${procedure}`);
}

/** An error of the protocol itself. */
export function rpcError(message: string): VirError {
  return new VirError({ code: 'rpc', domain: 'rpc', message });
}

function malformed(error: XdrError): VirError {
  return rpcError(`The arguments can't be read. ${error.message}.`);
}
