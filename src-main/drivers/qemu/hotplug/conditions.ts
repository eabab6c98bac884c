/** What the cables of guests are made to be like, in their metadata and, while they run, in earnest. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Domain, Interface } from '../../../../src-shared/model/domain/index.ts';
import {
  type CardConditions,
  conditionNames,
  type ConditionName,
  conditionsNamespace,
  conditionsProblem,
  effective,
  type LinkConditions,
  linkConditionsSchema,
  readConditions,
  writeConditions,
} from '../../../../src-shared/model/link-conditions.ts';
import { say } from '../../../../src-shared/words.ts';
import type { Affects } from '../../../engine/driver.ts';
import { withMetadata } from '../../../engine/metadata.ts';
import { isCableCard } from '../../../network/ports/card.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { recordStatus } from '../lifecycle/record-status.ts';
import { isOwnNetwork, setDelay } from './delays.ts';

const element = { type: 'element', uri: conditionsNamespace, prefix: 'link' } as const;

export function linkConditions({ table }: GuestContext, uuid: string): readonly CardConditions[] {
  const { current } = table.get(uuid);
  const stored = readConditions(current.metadata);
  return (current.devices?.interface ?? []).flatMap((card): CardConditions[] => {
    const mac = card.mac?.address?.toLowerCase();
    if (mac === undefined) return [];
    const conditions = stored.get(mac);
    return [
      {
        ...{ mac, ...possibleOf(card) },
        ...(card.alias === undefined ? {} : { alias: card.alias.name }),
        ...(conditions === undefined ? {} : { conditions }),
      },
    ];
  });
}

export async function setLinkConditions(
  context: GuestContext,
  uuid: string,
  wanted: string,
  asked: LinkConditions | undefined,
  affects: Affects,
): Promise<void> {
  const conditions = checked(asked);
  const { table } = context;
  await table.modify(uuid, 'setLinkConditions', async (record) => {
    const { live, config } = table.targets(record, affects);
    const card = findCard(record.current, wanted);
    const mac = card?.mac?.address?.toLowerCase();
    if (card === undefined || mac === undefined) throw noCard(record.name, wanted);
    if (conditions !== undefined) refuseImpossible(card, conditions);
    const change = (domain: Domain): Domain => withConditions(domain, mac, conditions);
    if (live) {
      await applyLive(context, record, card, conditions);
      table.editLive(record, change);
      if (record.runtime !== undefined) recordStatus(context, record, record.runtime);
    }
    if (config) await table.editConfig(record, change, { author: 'setLinkConditions' });
  });
}

async function applyLive(
  { cables }: GuestContext,
  record: GuestRecord,
  card: Interface,
  conditions: LinkConditions | undefined,
): Promise<void> {
  if (isOwnNetwork(card)) {
    await setDelay(monitorOf(record), card, conditions);
    return;
  }
  const port = cables.of(record.uuid, card);
  if (port !== undefined && isCableCard(card)) await cables.condition(port, card, conditions);
  else if (conditions !== undefined) throw impossible(card, 'Its other end is no device that was made for it.');
}

function withConditions(domain: Domain, mac: string, conditions: LinkConditions | undefined): Domain {
  const all = new Map(readConditions(domain.metadata));
  if (conditions === undefined) all.delete(mac);
  else all.set(mac, conditions);
  return withMetadata(domain, element, writeConditions(all));
}

function checked(asked: LinkConditions | undefined): LinkConditions | undefined {
  if (asked === undefined) return undefined;
  const parsed = linkConditionsSchema.safeParse(asked);
  const problem = parsed.success ? conditionsProblem(parsed.data) : parsed.error.issues[0]?.message;
  if (problem !== undefined || !parsed.success) {
    throw new VirError({
      code: 'invalid-arg',
      domain: 'qemu',
      message: say`These can't be the conditions of a link: ${problem ?? ''}`,
    });
  }
  return effective(parsed.data);
}

function findCard(domain: Domain, wanted: string): Interface | undefined {
  const cards = domain.devices?.interface ?? [];
  const named = cards.find(
    ({ alias, mac, target }) =>
      alias?.name === wanted || mac?.address?.toLowerCase() === wanted.toLowerCase() || target?.dev === wanted,
  );
  return named ?? (/^\d{1,3}$/.test(wanted) ? cards[Number(wanted)] : undefined);
}

function possibleOf(card: Interface): Pick<CardConditions, 'possible' | 'reason'> {
  if (isCableCard(card)) return { possible: conditionNames };
  if (isOwnNetwork(card)) {
    return {
      possible: ['delayMs'],
      reason: 'On the user-mode network QEMU can only hold packets back, in steps: on average as long as asked.',
    };
  }
  return { possible: [], reason: 'The host has no end of this cable.' };
}

function refuseImpossible(card: Interface, conditions: LinkConditions): void {
  const { possible, reason } = possibleOf(card);
  const names = Object.keys(conditions) as ConditionName[];
  const others = names.filter((name) => !possible.includes(name));
  if (others.length > 0) throw impossible(card, reason);
}

const impossible = (card: Interface, cause: string | undefined): VirError =>
  new VirError({
    code: 'config-unsupported',
    domain: 'qemu',
    message: say`The cable of the card ${card.mac?.address ?? ''} can't be made like that.`,
    ...(cause === undefined ? {} : { cause }),
    fix: say`Plug the card into a virtual network or a bridge.`,
  });

const noCard = (name: string, card: string): VirError =>
  new VirError({
    code: 'invalid-arg',
    domain: 'qemu',
    message: say`The domain '${name}' has no network card '${card}'.`,
  });
