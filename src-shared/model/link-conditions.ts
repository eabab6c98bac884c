/**
 * What a machine's cable is made to be like: slow, unreliable, far away. Kept in the machine's metadata, each card by its
 * MAC address, so that it outlives restarts and other tools leave it alone.
 */
import * as z from 'zod';
import { readXml } from '../xml/read.ts';
import { makeElement, type XmlElement } from '../xml/tree.ts';
import { writeNode } from '../xml/write.ts';
import { extractNamespace } from './domain-metadata.ts';

export const conditionsNamespace = 'https://vivarium.github.io/xmlns/link-conditions/1';

const percent = z.number().min(0).max(100);
const milliseconds = z.number().int().min(0).max(60_000);

/** Ranges that the kernel takes; what is absent or zero is as it is without conditions. */
export const linkConditionsSchema = z.object({
  delayMs: milliseconds.exactOptional(),
  /** Of the delay, up and down. */
  jitterMs: milliseconds.exactOptional(),
  lossPercent: percent.exactOptional(),
  /** Kilobits a second. */
  rateKbit: z.number().int().min(0).max(100_000_000).exactOptional(),
  duplicatePercent: percent.exactOptional(),
  reorderPercent: percent.exactOptional(),
});
export type LinkConditions = z.infer<typeof linkConditionsSchema>;
export type ConditionName = keyof LinkConditions;

export const conditionNames = [
  'delayMs',
  'jitterMs',
  'lossPercent',
  'rateKbit',
  'duplicatePercent',
  'reorderPercent',
] as const satisfies readonly ConditionName[];

/** Measured links of their kinds, rounded. */
export const linkPresets = {
  wifi: { delayMs: 5, jitterMs: 3, lossPercent: 0.5, rateKbit: 50_000 },
  mobile: { delayMs: 50, jitterMs: 15, lossPercent: 1, rateKbit: 12_000 },
  satellite: { delayMs: 600, jitterMs: 30, lossPercent: 0.5, rateKbit: 10_000 },
  lossy: { delayMs: 20, jitterMs: 10, lossPercent: 10, duplicatePercent: 1, reorderPercent: 5 },
} as const satisfies Readonly<Record<string, LinkConditions>>;
export type LinkPreset = keyof typeof linkPresets;

/** Without what changes nothing; undefined when nothing is left. */
export function effective(conditions: LinkConditions): LinkConditions | undefined {
  const set = Object.entries(conditions).filter(([, value]) => value > 0);
  return set.length === 0 ? undefined : Object.fromEntries(set);
}

/** What stands in the way of a combination; undefined when it can be. */
export function conditionsProblem({
  delayMs = 0,
  jitterMs = 0,
  reorderPercent = 0,
}: LinkConditions): string | undefined {
  if (jitterMs > delayMs) return 'The jitter can not be larger than the delay.';
  if (reorderPercent > 0 && delayMs === 0) return 'Packets overtake each other only where they are delayed.';
  return undefined;
}

const attributes: Readonly<Record<ConditionName, string>> = {
  delayMs: 'delay',
  jitterMs: 'jitter',
  lossPercent: 'loss',
  rateKbit: 'rate',
  duplicatePercent: 'duplicate',
  reorderPercent: 'reorder',
};

/** By MAC address in lower case. What is not understood is left out: another version of ours may have written it. */
export function readConditions(metadata: XmlElement | undefined): ReadonlyMap<string, LinkConditions> {
  const text = extractNamespace(metadata, conditionsNamespace);
  const found = new Map<string, LinkConditions>();
  if (text === undefined) return found;
  for (const node of readXml(text).children) {
    if (node.kind !== 'element' || node.name !== 'card') continue;
    const mac = node.attributes['mac']?.toLowerCase();
    const values = conditionNames.flatMap((name) => {
      const value = node.attributes[attributes[name]];
      return value === undefined ? [] : [[name, Number(value)] as const];
    });
    const parsed = linkConditionsSchema.safeParse(Object.fromEntries(values));
    const conditions = parsed.success ? effective(parsed.data) : undefined;
    if (mac !== undefined && conditions !== undefined) found.set(mac, conditions);
  }
  return found;
}

/** The element for `virDomainSetMetadata`; undefined when no card has any. */
export function writeConditions(all: ReadonlyMap<string, LinkConditions>): string | undefined {
  if (all.size === 0) return undefined;
  const cards = [...all].map(([mac, conditions]) =>
    makeElement('card', {
      mac,
      ...Object.fromEntries(
        conditionNames.flatMap((name) => {
          const value = conditions[name];
          return value === undefined ? [] : [[attributes[name], String(value)]];
        }),
      ),
    }),
  );
  return writeNode(makeElement('conditions', {}, cards), '').trimEnd();
}

/** `100 ms ± 20 ms, 1 % lost, 1000 kbit/s` */
export function conditionsText(conditions: LinkConditions): string {
  const { delayMs, jitterMs, lossPercent, rateKbit, duplicatePercent, reorderPercent } = conditions;
  const parts = [
    delayMs === undefined ? [] : [`${delayMs} ms${jitterMs === undefined ? '' : ` ± ${jitterMs} ms`}`],
    lossPercent === undefined ? [] : [`${lossPercent} % lost`],
    rateKbit === undefined ? [] : [`${rateKbit} kbit/s`],
    duplicatePercent === undefined ? [] : [`${duplicatePercent} % doubled`],
    reorderPercent === undefined ? [] : [`${reorderPercent} % out of order`],
  ];
  return parts.flat().join(', ');
}

/** A card with what is wanted of its cable, as doors show it. */
export interface CardConditions {
  readonly mac: string;
  readonly alias?: string;
  readonly conditions?: LinkConditions;
  /** What can be asked of this card's cable; the others are refused, with `reason`. */
  readonly possible: readonly ConditionName[];
  readonly reason?: string;
}
