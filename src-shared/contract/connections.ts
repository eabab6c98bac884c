import * as z from 'zod';
import type { DomainSummary } from '../model/summary.ts';
import type { ErrorData } from '../errors.ts';
import { call } from './call.ts';
import { uri } from './arguments.ts';

/** A connection as the window lists it. */
export interface ConnectionInfo {
  readonly uri: string;
  readonly label: string;
  /** This host's own: it is always listed. */
  readonly own: boolean;
  readonly state: 'closed' | 'opening' | 'open' | 'failed';
  /** When what is shown of it was seen, while its host does not answer; absent while it does, or was never seen. */
  readonly seenMs?: number;
  readonly error?: ErrorData;
  readonly hostname?: string;
  readonly type?: string;
  /** Names of the `DomainApi`/`StorageApi` methods the driver has: what the window may offer. */
  readonly domainVerbs: readonly string[];
  readonly storageVerbs: readonly string[];
  /** Names of the `SnapshotApi` methods; absent where machines can't have snapshots. */
  readonly snapshotVerbs?: readonly string[];
  /** Whether cables of its machines can be listened to. */
  readonly captures?: true;
  readonly notices: readonly NoticeInfo[];
}

export interface NoticeInfo {
  readonly id: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly fix?: string;
}

/** What its driver can't tell of the host is absent. */
export interface NodeSummary {
  readonly hostname: string;
  readonly cpus?: number;
  readonly memoryKiB?: number;
  readonly cpuModel?: string;
  readonly hypervisorVersion?: string;
}

export const connectionCalls = {
  'connections.list': call(z.object({})).returns<readonly ConnectionInfo[]>(),
  /** Opens (once) and answers with everything there: the one bulk call a window starts with. */
  'connections.open': call(z.object({ uri })).returns<{
    readonly connection: ConnectionInfo;
    readonly domains: readonly DomainSummary[];
  }>(),
  /** The machines that were seen there when it was open last; none for a connection that never was. */
  'connections.remembered': call(z.object({ uri })).returns<readonly DomainSummary[]>(),
  /** Lists a connection from now on, also after a restart; answers its URI in the one spelling it has from then on. */
  'connections.add': call(z.object({ uri })).returns<string>(),
  /** Ends the connection and lists it no more. Its machines go on. */
  'connections.remove': call(z.object({ uri })).returns<void>(),
  /** Ends the connection; it stays listed. Its machines go on. */
  'connections.close': call(z.object({ uri })).returns<void>(),
  /** Daemons of this host that are running and not listed. */
  'connections.found': call(z.object({})).returns<readonly string[]>(),
  /** The connection as libvirt's own clients on this host name it. */
  'connections.libvirt-uri': call(z.object({ uri })).returns<string>(),
  'connections.capabilities': call(z.object({ uri })).returns<string>(),
  'connections.domain-capabilities': call(
    z.object({
      uri,
      emulator: z.string().max(4096).optional(),
      architecture: z.string().max(64).optional(),
      machine: z.string().max(128).optional(),
      virtType: z.string().max(32).optional(),
    }),
  ).returns<string>(),
  'connections.node': call(z.object({ uri })).returns<NodeSummary>(),
  'connections.xml-to-native': call(
    z.object({ uri, format: z.string().max(64), xml: z.string().max(4 << 20) }),
  ).returns<string>(),
};
