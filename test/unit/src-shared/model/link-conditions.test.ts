import { describe, expect, it } from 'vitest';
import {
  conditionsNamespace,
  conditionsProblem,
  conditionsText,
  effective,
  type LinkConditions,
  linkConditionsSchema,
  linkPresets,
  readConditions,
  writeConditions,
} from '../../../../src-shared/model/link-conditions.ts';
import { setNamespace } from '../../../../src-shared/model/domain-metadata.ts';

const metadata = (xml: string | undefined) => setNamespace(undefined, conditionsNamespace, 'link', xml);

describe('conditions in metadata', () => {
  it('come back as they were written, each card by its address', () => {
    const all = new Map<string, LinkConditions>([
      ['52:54:00:00:00:01', linkPresets.satellite],
      ['52:54:00:00:00:02', { lossPercent: 2.5 }],
    ]);
    expect(readConditions(metadata(writeConditions(all)))).toEqual(all);
    expect(writeConditions(new Map())).toBeUndefined();
    expect(readConditions(undefined)).toEqual(new Map());
  });

  it('are left out where they are not understood, or change nothing', () => {
    const xml = `<conditions>
      <card mac='52:54:00:00:00:01' delay='soon'/>
      <card mac='52:54:00:00:00:02' loss='101'/>
      <card mac='52:54:00:00:00:03' delay='0'/>
      <card delay='5'/>
      <other/>
      <card mac='52:54:00:00:00:0A' delay='5' colour='red'/>
    </conditions>`;
    expect(readConditions(metadata(xml))).toEqual(new Map([['52:54:00:00:00:0a', { delayMs: 5 }]]));
  });
});

describe('conditions', () => {
  it('of every preset are possible', () => {
    for (const preset of Object.values(linkPresets)) {
      expect(linkConditionsSchema.safeParse(preset).success).toBe(true);
      expect(conditionsProblem(preset)).toBeUndefined();
    }
  });

  it('that contradict each other are told', () => {
    expect(conditionsProblem({ delayMs: 5, jitterMs: 6 })).toMatch('jitter');
    expect(conditionsProblem({ reorderPercent: 5 })).toMatch('delayed');
  });

  it('without effect are none', () => {
    expect(effective({ delayMs: 0, lossPercent: 0 })).toBeUndefined();
    expect(effective({ delayMs: 0, lossPercent: 1 })).toEqual({ lossPercent: 1 });
  });

  it('read as a sentence', () => {
    expect(conditionsText(linkPresets.lossy)).toBe('20 ms ± 10 ms, 10 % lost, 1 % doubled, 5 % out of order');
  });
});
