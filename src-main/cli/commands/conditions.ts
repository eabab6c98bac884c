/** `domif-conditions`: slow, unreliable and far links, for tests of what runs in machines. */
import {
  type ConditionName,
  conditionsText,
  type LinkConditions,
  type LinkPreset,
  linkPresets,
} from '../../../src-shared/model/link-conditions.ts';
import { type Command, type Invocation, operandOf, report, valueOf } from '../command.ts';
import { table } from '../output.ts';
import { usageError } from '../parse.ts';

const options: Readonly<Record<string, ConditionName>> = {
  delay: 'delayMs',
  jitter: 'jitterMs',
  loss: 'lossPercent',
  rate: 'rateKbit',
  duplicate: 'duplicatePercent',
  reorder: 'reorderPercent',
};
const presetNames = Object.keys(linkPresets) as LinkPreset[];

/** What the command line asks for; undefined when it only asks. */
function wanted(invocation: Invocation): LinkConditions | 'off' | undefined {
  if (invocation.options['off'] === true) return 'off';
  const preset = valueOf(invocation, 'preset');
  const found = presetNames.find((name) => name === preset);
  if (preset !== undefined && found === undefined) throw usageError(`There is no preset '${preset}'`);
  const values = Object.entries(options).flatMap(([option, name]) => {
    const text = valueOf(invocation, option);
    if (text === undefined) return [];
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0)) {
      throw usageError(`Numeric value '${text}' for <${option}> option is malformed or out of range`);
    }
    return [[name, value] as const];
  });
  if (found === undefined && values.length === 0) return undefined;
  return { ...(found === undefined ? {} : linkPresets[found]), ...Object.fromEntries(values) };
}

export const conditionsCommand: Command = {
  name: 'domif-conditions',
  group: 'Devices',
  summary: "show, set and lift the conditions of a machine's network links: delay, loss, rate",
  description:
    'Works on what the machine receives, in the running machine and its definition. Cards on virtual networks and ' +
    'bridges take everything (by the kernel’s network emulator); cards on the user-mode network take a delay, in steps.',
  operands: [{ name: 'domain', kind: 'domain' }],
  options: [
    { name: 'interface', value: 'CARD', help: 'MAC address, alias or number from 0; the first card by default' },
    { name: 'preset', value: 'NAME', help: presetNames.join(', '), words: presetNames },
    { name: 'delay', value: 'MS', help: 'milliseconds that every packet takes longer' },
    { name: 'jitter', value: 'MS', help: 'milliseconds that the delay varies by' },
    { name: 'loss', value: 'PERCENT', help: 'of packets that are lost' },
    { name: 'rate', value: 'KBIT', help: 'kilobits a second' },
    { name: 'duplicate', value: 'PERCENT', help: 'of packets that come twice' },
    { name: 'reorder', value: 'PERCENT', help: 'of packets that overtake others' },
    { name: 'off', help: 'the link is as good as it is' },
  ],
  needs: 'engine',
  async run(session, invocation) {
    const domain = await session.domain(operandOf(invocation, 'domain'));
    const place = { uri: session.uri, uuid: domain.uuid };
    const conditions = wanted(invocation);
    if (conditions !== undefined) {
      await session.client.call('domains.set-link-conditions', {
        ...place,
        card: valueOf(invocation, 'interface') ?? '0',
        ...(conditions === 'off' ? {} : { conditions }),
        affects: { live: domain.id !== undefined, config: domain.persistent },
      });
    }
    const cards = await session.client.call('domains.link-conditions', place);
    const rows = cards.map((card) => [
      card.mac,
      card.alias ?? '-',
      card.conditions === undefined ? 'none' : conditionsText(card.conditions),
    ]);
    return report(session, table(['MAC', 'Alias', 'Conditions'], rows).trimEnd(), { uuid: domain.uuid, cards });
  },
};
