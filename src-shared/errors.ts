/**
 * Errors as libvirt numbers them, so that every door (window, command line, wire protocol) can show the same one.
 */
import { crossing, type Sentence, textOf, type Words } from './words.ts';

/** libvirt's error codes (`virErrorNumber`), by the name without its prefix. */
export const errorCodes = {
  none: 0,
  warning: 1,
  error: 2,
  ok: 0,
  'internal-error': 1,
  'no-memory': 2,
  'no-support': 3,
  'unknown-host': 4,
  'no-connect': 5,
  'invalid-conn': 6,
  'invalid-domain': 7,
  'invalid-arg': 8,
  'operation-failed': 9,
  'get-failed': 10,
  'post-failed': 11,
  'http-error': 12,
  'sexpr-serial': 13,
  'no-xen': 14,
  'xen-call': 15,
  'os-type': 16,
  'no-kernel': 17,
  'no-root': 18,
  'no-source': 19,
  'no-target': 20,
  'no-name': 21,
  'no-os': 22,
  'no-device': 23,
  'no-xenstore': 24,
  'driver-full': 25,
  'call-failed': 26,
  'xml-error': 27,
  'dom-exist': 28,
  'operation-denied': 29,
  'open-failed': 30,
  'read-failed': 31,
  'parse-failed': 32,
  'conf-syntax': 33,
  'write-failed': 34,
  'xml-detail': 35,
  'invalid-network': 36,
  'network-exist': 37,
  'system-error': 38,
  rpc: 39,
  'gnutls-error': 40,
  'no-domain': 42,
  'no-network': 43,
  'invalid-mac': 44,
  'auth-failed': 45,
  'invalid-storage-pool': 46,
  'invalid-storage-vol': 47,
  'no-storage-pool': 49,
  'no-storage-vol': 50,
  'invalid-node-device': 52,
  'no-node-device': 53,
  'no-security-model': 54,
  'operation-invalid': 55,
  'no-interface': 57,
  'invalid-interface': 58,
  'multiple-interfaces': 59,
  'invalid-nwfilter': 61,
  'no-nwfilter': 62,
  'build-firewall': 63,
  'invalid-secret': 65,
  'no-secret': 66,
  'config-unsupported': 67,
  'operation-timeout': 68,
  'migrate-persist-failed': 69,
  'hook-script-failed': 70,
  'invalid-domain-snapshot': 71,
  'no-domain-snapshot': 72,
  'invalid-stream': 73,
  'argument-unsupported': 74,
  'storage-probe-failed': 75,
  'storage-pool-built': 76,
  'snapshot-revert-risky': 77,
  'operation-aborted': 78,
  'auth-cancelled': 79,
  'no-domain-metadata': 80,
  'migrate-unsafe': 81,
  overflow: 82,
  'block-copy-active': 83,
  'operation-unsupported': 84,
  ssh: 85,
  'agent-unresponsive': 86,
  'resource-busy': 87,
  'access-denied': 88,
  'dbus-service': 89,
  'storage-vol-exist': 90,
  'cpu-incompatible': 91,
  'xml-invalid-schema': 92,
  'migrate-finish-ok': 93,
  'auth-unavailable': 94,
  'no-server': 95,
  'no-client': 96,
  'agent-unsynced': 97,
  libssh: 98,
  'device-missing': 99,
  'invalid-nwfilter-binding': 100,
  'no-nwfilter-binding': 101,
  'invalid-domain-checkpoint': 102,
  'no-domain-checkpoint': 103,
  'no-domain-backup': 104,
  'invalid-network-port': 105,
  'network-port-exist': 106,
  'no-network-port': 107,
  'no-hostname': 108,
  'checkpoint-inconsistent': 109,
  'multiple-domains': 110,
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** The part of libvirt an error comes from (`virErrorDomain`). */
export const errorDomains = {
  none: 0,
  xen: 1,
  xend: 2,
  xenstore: 3,
  sexpr: 4,
  xml: 5,
  dom: 6,
  rpc: 7,
  proxy: 8,
  conf: 9,
  qemu: 10,
  net: 11,
  test: 12,
  remote: 13,
  openvz: 14,
  xenxm: 15,
  'stats-linux': 16,
  lxc: 17,
  storage: 18,
  network: 19,
  domain: 20,
  uml: 21,
  nodedev: 22,
  'xen-inotify': 23,
  security: 24,
  vbox: 25,
  interface: 26,
  one: 27,
  esx: 28,
  phyp: 29,
  secret: 30,
  cpu: 31,
  xenapi: 32,
  nwfilter: 33,
  hook: 34,
  'domain-snapshot': 35,
  audit: 36,
  sysinfo: 37,
  streams: 38,
  vmware: 39,
  event: 40,
  libxl: 41,
  locking: 42,
  hyperv: 43,
  capabilities: 44,
  uri: 45,
  auth: 46,
  dbus: 47,
  parallels: 48,
  device: 49,
  ssh: 50,
  lockspace: 51,
  initctl: 52,
  identity: 53,
  cgroup: 54,
  access: 55,
  systemd: 56,
  bhyve: 57,
  crypto: 58,
  firewall: 59,
  polkit: 60,
  thread: 61,
  admin: 62,
  logging: 63,
  xenxl: 64,
  perf: 65,
  libssh: 66,
  resctrl: 67,
  firewalld: 68,
  'domain-checkpoint': 69,
  tpm: 70,
  bpf: 71,
  ch: 72,
} as const;

export type ErrorDomain = keyof typeof errorDomains;

/** What crosses a process boundary. The window shows it in four parts: message, cause, fix, details. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly domain: ErrorDomain;
  /** A sentence that names the object and what failed. */
  readonly message: string;
  /** Why, as far as it was found. */
  readonly cause?: string;
  /** What to do next. */
  readonly fix?: string;
  /** Raw material for those who want it: argv, the tail of a log, a reply. */
  readonly details?: string;
  /** What the sentences are made of, for windows in other languages; the raw material is the same in all. */
  readonly words?: ErrorWords;
}

type SpokenPart = 'message' | 'cause' | 'fix';
type ErrorWords = Readonly<Partial<Record<SpokenPart, Words>>>;

/** An error as it is said. */
export interface ErrorParts extends Omit<ErrorData, 'message' | 'cause' | 'fix' | 'words'> {
  readonly message: Sentence;
  readonly cause?: Sentence;
  readonly fix?: Sentence;
}

/** An error that is expected and told to the user. Anything else thrown is a bug. */
export class VirError extends Error {
  override readonly name = 'VirError';
  readonly data: ErrorData;

  /** @param parts as it is said, or as it crossed a boundary */
  constructor(parts: ErrorParts | ErrorData, options?: { cause?: unknown }) {
    const data = dataOf(parts);
    super(data.cause === undefined ? data.message : `${data.message} ${data.cause}`, options);
    this.data = data;
  }

  get code(): ErrorCode {
    return this.data.code;
  }

  /** The same as something to be said, whole or in parts. */
  get said(): ErrorParts {
    return saidOf(this.data);
  }
}

/** What crossed a boundary, as something to be said. */
export function saidOf({ words = {}, ...data }: ErrorData): ErrorParts {
  const said = (part: SpokenPart): Partial<Record<typeof part, Sentence>> => {
    const [sentence, known] = [data[part], words[part]];
    return sentence === undefined || known === undefined ? {} : { [part]: { sentence, words: known } };
  };
  return { ...data, ...said('message'), ...said('cause'), ...said('fix') };
}

function dataOf({ message, cause, fix, ...rest }: ErrorParts | ErrorData): ErrorData {
  const { words: known, ...whole } = { words: undefined, ...rest };
  const said = crossing({ message, cause, fix });
  const words = { ...known, ...said.words };
  return { ...whole, ...said, message: textOf(message), ...(Object.keys(words).length === 0 ? {} : { words }) };
}

/** Turns whatever was thrown into the form that crosses boundaries; a bug becomes `internal-error`. */
export function toErrorData(thrown: unknown, domain: ErrorDomain = 'none'): ErrorData {
  if (thrown instanceof VirError) return thrown.data;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const details = thrown instanceof Error ? thrown.stack : undefined;
  return { code: 'internal-error', domain, message, ...(details === undefined ? {} : { details }) };
}
