/** Captures on the cables of a connection's machines. Absent where a driver can't listen. */
import type { CaptureInfo, CapturePage, PacketDetails } from '../../src-shared/model/capture.ts';

export interface CaptureOptions {
  /** Stops when the file has so many bytes. */
  readonly maxBytes?: number;
  readonly maxSeconds?: number;
  /** Keeps so much of each packet. */
  readonly snapLength?: number;
}

export interface CaptureApi {
  /** Those that go on, and those whose packets are still there; newest first. */
  list(uuid?: string): Promise<readonly CaptureInfo[]>;
  /**
   * Listens on a card of a running machine: its MAC address, its alias, or its number from 0; its first when absent.
   * @throws VirError `operation-invalid` when it does not run, `invalid-arg` when it has no such card
   */
  start(uuid: string, card: string | undefined, options?: CaptureOptions): Promise<CaptureInfo>;
  stop(id: string): Promise<CaptureInfo>;
  /** Packets behind number `after`, at most `limit`: the newest, so that a list keeps up, or the `oldest`, so that none is missed. */
  packets(id: string, after: number, limit: number, which?: 'newest' | 'oldest'): Promise<CapturePage>;
  /** @throws VirError `invalid-arg` when there is no such packet */
  packet(id: string, number: number): Promise<PacketDetails>;
  /** Writes what was captured so far to a pcap file. @throws VirError when there is one already */
  save(id: string, path: string): Promise<void>;
  /** Ends it and forgets its packets. */
  remove(id: string): Promise<void>;
  /** Forgets captures of machines that are not among these. */
  keepOnly(uuids: ReadonlySet<string>): Promise<void>;
}
