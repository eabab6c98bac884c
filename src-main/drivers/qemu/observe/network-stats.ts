/** What passed a guest's cables, by the counters of their host ends. One read of the kernel's table serves all guests. */
import type { Interface } from '../../../../src-shared/model/domain/index.ts';
import type { DomainStats } from '../../../engine/stats.ts';
import { readIfThere } from '../../../host/files.ts';

type Figures = NonNullable<DomainStats['net']>[number];

/** `NAME: bytes packets errs drop fifo frame compressed multicast bytes packets …`, received first. Pure. */
export function parseDeviceTable(text: string): ReadonlyMap<string, readonly number[]> {
  const devices = new Map<string, readonly number[]>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    devices.set(
      line.slice(0, colon).trim(),
      line
        .slice(colon + 1)
        .trim()
        .split(/\s+/)
        .map(Number),
    );
  }
  return devices;
}

export const readDeviceTable = (): ReadonlyMap<string, readonly number[]> =>
  parseDeviceTable(readIfThere('/proc/net/dev') ?? '');

/** As the guest sees it: what it receives leaves the host by a tap. Cards without a device of the host have no figures. */
export function networkStats(
  cards: readonly Interface[],
  devices: ReadonlyMap<string, readonly number[]>,
): DomainStats['net'] {
  const found = cards.flatMap((card): Figures[] => {
    const name = card.target?.dev;
    const row = name === undefined ? undefined : devices.get(name);
    if (name === undefined || row === undefined) return [];
    // A macvtap counts from the guest's side.
    const [received, sent] = card.type === 'direct' ? [row, row.slice(8)] : [row.slice(8), row];
    const at = (list: readonly number[], place: number): number => list[place] ?? 0;
    return [
      {
        name,
        ...{
          rxBytes: at(received, 0),
          rxPackets: at(received, 1),
          rxErrors: at(received, 2),
          rxDropped: at(received, 3),
        },
        ...{ txBytes: at(sent, 0), txPackets: at(sent, 1), txErrors: at(sent, 2), txDropped: at(sent, 3) },
      },
    ];
  });
  return found.length === 0 ? undefined : found;
}
