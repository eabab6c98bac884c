/** The packets a window holds: a bounded list, what was left out of it, and which of them a search finds. Pure. */
import type { CapturePage, PacketRow } from '../../../../src-shared/model/capture.ts';

export interface PacketList {
  readonly rows: readonly PacketRow[];
  /** Number of the last packet that was asked for. */
  readonly after: number;
  /** Packets that came faster than they could be shown. */
  readonly skipped: number;
}

export const noPackets: PacketList = { rows: [], after: 0, skipped: 0 };

/** More rows than anybody reads; what is older leaves the list (and stays in the file). */
export const maximumRows = 20_000;

export function withPage(list: PacketList, { rows, skipped }: CapturePage, limit = maximumRows): PacketList {
  const all = [...list.rows, ...rows];
  return {
    rows: all.length > limit ? all.slice(all.length - limit) : all,
    after: rows.at(-1)?.number ?? list.after,
    skipped: list.skipped + (rows.length === 0 ? 0 : skipped),
  };
}

/** Words that must all be there, `-word` for one that must not. */
export function filterOf(text: string): ((row: PacketRow) => boolean) | undefined {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const without = words.filter((word) => word.startsWith('-') && word.length > 1).map((word) => word.slice(1));
  const wanted = words.filter((word) => !word.startsWith('-'));
  if (without.length + wanted.length === 0) return undefined;
  return ({ source, destination, protocol, info }) => {
    const line = `${source} ${destination} ${protocol} ${info}`.toLowerCase();
    return wanted.every((word) => line.includes(word)) && !without.some((word) => line.includes(word));
  };
}

/** `16:05:01.123456`, of this place. */
export function clockOf(timeUs: number): string {
  const date = new Date(Math.floor(timeUs / 1000));
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${parts.join(':')}.${String(timeUs % 1_000_000).padStart(6, '0')}`;
}

export interface HexLine {
  readonly offset: number;
  readonly bytes: readonly number[];
  readonly text: string;
}

const lineBytes = 16;

export function hexLines(base64: string): readonly HexLine[] {
  const bytes = Array.from(atob(base64), (character) => character.charCodeAt(0));
  return Array.from({ length: Math.ceil(bytes.length / lineBytes) }, (_, line) => {
    const part = bytes.slice(line * lineBytes, (line + 1) * lineBytes);
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    return { offset: line * lineBytes, bytes: part, text };
  });
}
