/** Conditions of a cable, by the kernel's network emulator on the host's end of it. Pure. */
import { conditionsText, type LinkConditions } from '../../../src-shared/model/link-conditions.ts';
import { limitsOf } from './bandwidth.ts';
import type { PortPart } from './port.ts';

/**
 * The emulator works on what leaves the device: on what the guest receives. A delay there is one of every round trip.
 * Where the card has a limit, it stands behind it, in the place of the fair queue.
 */
export const applyConditions: PortPart = ({ link, conditions, bandwidth, owner }) => {
  if (conditions === undefined) return [];
  const limited = limitsOf(bandwidth)?.inbound !== undefined;
  return [
    {
      sentence: `Make the cable ${link} of '${owner.name}' like this: ${conditionsText(conditions)}.`,
      action: { verb: 'conditions-set', link, limited, ...conditions },
      inverse: {
        sentence: `Make the cable ${link} as good as it is.`,
        action: { verb: 'conditions-clear', link, limited },
      },
    },
  ];
};

/** Handle of the emulator: what it is found by again. */
const handle = '53:';

const place = (limited: boolean): readonly string[] =>
  limited ? ['parent', '1:1', 'handle', handle] : ['root', 'handle', handle];

/** As large as a slow, far link fills: the kernel's own 1000 packets would lose what a delay keeps. */
function queueLength({ delayMs = 0, jitterMs = 0 }: LinkConditions): number {
  return Math.max(1000, Math.min(200_000, Math.ceil((delayMs + jitterMs) * 100)));
}

/** `replace`: it takes the place of whatever queue is there. */
export function conditionsCommand(link: string, limited: boolean, conditions: LinkConditions): readonly string[] {
  const { delayMs = 0, jitterMs = 0, lossPercent, rateKbit, duplicatePercent, reorderPercent } = conditions;
  return [
    ...['tc', 'qdisc', 'replace', 'dev', link, ...place(limited), 'netem'],
    ...['limit', String(queueLength(conditions))],
    ...(delayMs === 0 ? [] : ['delay', `${delayMs}ms`]),
    ...(jitterMs === 0 ? [] : [`${jitterMs}ms`]),
    ...(lossPercent === undefined ? [] : ['loss', `${lossPercent}%`]),
    ...(duplicatePercent === undefined ? [] : ['duplicate', `${duplicatePercent}%`]),
    ...(reorderPercent === undefined ? [] : ['reorder', `${reorderPercent}%`]),
    ...(rateKbit === undefined ? [] : ['rate', `${rateKbit}kbit`]),
  ];
}

export const clearCommand = (link: string, limited: boolean): readonly string[] => [
  ...['tc', 'qdisc', 'del', 'dev', link, ...place(limited)],
];
