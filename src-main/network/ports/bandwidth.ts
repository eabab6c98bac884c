/** `<bandwidth>`: what a card, or a whole network, may send and receive, by the kernel's traffic control. Pure. */
import { tell } from '../../../src-shared/host-words.ts';
import type { Told } from '../../../src-shared/words.ts';
import type { Bandwidth } from '../../../src-shared/model/network-common.ts';
import type { Step } from '../../host/step.ts';
import type { NetworkAction } from '../actions.ts';
import type { PortPart } from './port.ts';

/** KiB a second, and KiB. */
export interface Rate {
  readonly average: number;
  readonly peak?: number;
  readonly burst?: number;
}

/** What guests receive (`inbound`) leaves the host by the device; what they send comes in by it. */
export interface Limits {
  readonly inbound?: Rate;
  readonly outbound?: Rate;
}

const rateOf = ({ average, peak, burst }: NonNullable<Bandwidth['inbound']>): Rate | undefined =>
  average === undefined || average === 0
    ? undefined
    : {
        average,
        ...(peak === undefined || peak === 0 ? {} : { peak }),
        ...(burst === undefined || burst === 0 ? {} : { burst }),
      };

/** The limits that a description sets; undefined when it sets none. */
export function limitsOf(bandwidth: Bandwidth | undefined): Limits | undefined {
  const inbound = bandwidth?.inbound === undefined ? undefined : rateOf(bandwidth.inbound);
  const outbound = bandwidth?.outbound === undefined ? undefined : rateOf(bandwidth.outbound);
  if (inbound === undefined && outbound === undefined) return undefined;
  return { ...(inbound === undefined ? {} : { inbound }), ...(outbound === undefined ? {} : { outbound }) };
}

/** The step that limits a device; `isNetwork` leaves room below the limit for classes of single cards, as upstream. */
export function bandwidthSteps(
  link: string,
  bandwidth: Bandwidth | undefined,
  isNetwork: boolean,
): Step<NetworkAction>[] {
  const limits = limitsOf(bandwidth);
  if (limits === undefined) return [];
  return [
    {
      ...told(link, limits),
      action: { verb: 'bandwidth-set', link, ...limits, isNetwork },
      inverse: { ...tell('limitsLift', { link }), action: { verb: 'bandwidth-clear', link } },
    },
  ];
}

export const limitBandwidth: PortPart = ({ link, bandwidth }) => bandwidthSteps(link, bandwidth, false);

function told(link: string, { inbound, outbound }: Limits): Told {
  if (inbound === undefined) return tell('limitFrom', { link, outbound: String(outbound?.average) });
  if (outbound === undefined) return tell('limitTo', { link, inbound: String(inbound.average) });
  return tell('limitBoth', { link, inbound: String(inbound.average), outbound: String(outbound.average) });
}

const frameBytes = 1500;
const largestBurstKiB = 0x3f_ffff;

/** What a class may send before it is another's turn; the default is refused for low rates. */
const quantum = ({ average }: Rate): string[] => [
  'quantum',
  String(Math.max(1, Math.floor((average * 1024) / 8 / frameBytes))),
];

/** A program's arguments; one that is `optional` only shares out fairly, and not every kernel has it. */
export interface LimitCommand {
  readonly argv: readonly string[];
  readonly optional?: true;
}

/** What sets the limits of a device that has none, in upstream's order. */
export function bandwidthCommands(
  link: string,
  { inbound, outbound }: Limits,
  isNetwork: boolean,
): readonly LimitCommand[] {
  const commands: LimitCommand[] = [];
  const add = (what: string, ...rest: readonly string[]): void => {
    const isOptional = rest.includes('sfq') || rest.includes('fw');
    commands.push({ argv: ['tc', what, 'add', 'dev', link, ...rest], ...(isOptional ? { optional: true } : {}) });
  };
  if (inbound !== undefined) {
    const { average, peak, burst } = inbound;
    const rate = `${average}kbps`;
    const ceil = peak === undefined ? [] : ['ceil', `${peak}kbps`];
    const bursts = burst === undefined ? [] : ['burst', `${burst}kb`];
    add('qdisc', 'root', 'handle', '1:', 'htb', 'default', isNetwork ? '2' : '1');
    if (isNetwork) {
      const top = ['htb', 'rate', rate, 'ceil', peak === undefined ? rate : `${peak}kbps`];
      add('class', 'parent', '1:', 'classid', '1:1', ...top, ...quantum(inbound));
    }
    const place = isNetwork ? ['parent', '1:1', 'classid', '1:2'] : ['parent', '1:', 'classid', '1:1'];
    add('class', ...place, 'htb', 'rate', rate, ...ceil, ...bursts, ...quantum(inbound));
    add('qdisc', 'parent', isNetwork ? '1:2' : '1:1', 'handle', '2:', 'sfq', 'perturb', '10');
    add('filter', 'parent', '1:0', 'protocol', 'all', 'prio', '1', 'handle', '1', 'fw', 'flowid', '1');
  }
  if (outbound !== undefined) {
    const { average, burst = Math.min(average, largestBurstKiB) } = outbound;
    const limit = ['police', 'rate', `${average}kbps`, 'burst', `${burst}kb`, 'mtu', '64kb', 'drop', 'flowid', ':1'];
    add('qdisc', 'ingress');
    add('filter', 'parent', 'ffff:', 'protocol', 'all', 'u32', 'match', 'u32', '0', '0', ...limit);
  }
  return commands;
}

/** Each may fail: a device has no limits at first. */
export const clearCommands = (link: string): readonly string[][] => [
  ['tc', 'qdisc', 'del', 'dev', link, 'root'],
  ['tc', 'qdisc', 'del', 'dev', link, 'ingress'],
];
