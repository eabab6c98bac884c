/** Captures of what passes a machine's cable, as every door shows them. */

/** Why a capture is no longer going on. */
export type CaptureEnd = 'asked' | 'size' | 'time' | 'disk-full' | 'unplugged' | 'stopped' | 'engine' | 'failed';

export interface CaptureInfo {
  readonly id: string;
  /** The machine whose cable it is. */
  readonly uuid: string;
  readonly domain: string;
  /** The card: its alias and its MAC address. */
  readonly alias: string;
  readonly mac: string;
  readonly startedMs: number;
  /** Absent while it goes on. */
  readonly ended?: CaptureEnd;
  readonly packets: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly maxSeconds?: number;
  /** So much of each packet is kept. */
  readonly snapLength: number;
}

/** What a list shows of a packet. */
export interface PacketRow {
  /** From 1, in the order of the capture. */
  readonly number: number;
  /** Microseconds since the epoch. */
  readonly timeUs: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** On the wire; less may have been kept. */
  readonly length: number;
  readonly info: string;
}

export interface PacketField {
  readonly name: string;
  readonly value: string;
}

export interface PacketLayer {
  readonly name: string;
  /** Where it begins in the packet. */
  readonly offset: number;
  readonly length: number;
  readonly fields: readonly PacketField[];
}

export interface PacketDetails extends PacketRow {
  readonly layers: readonly PacketLayer[];
  /** What was kept of it, base64. */
  readonly bytes: string;
}

/** Some packets behind a given one. */
export interface CapturePage {
  readonly capture: CaptureInfo;
  readonly rows: readonly PacketRow[];
  /** Packets between the one asked for and the first of these, left out because there are too many. */
  readonly skipped: number;
}
