import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../../../src-renderer/features/machine/edit/diff-lines.ts';
import { discarded, isChanged } from '../../../../../src-renderer/app/edit/draft.ts';
import { machineDrafts } from '../../../../../src-renderer/features/machine/edit/draft.ts';
import { setMemory } from '../../../../../src-renderer/features/machine/edit/processor.ts';
import {
  additionKinds,
  firstAddition,
  withAddition,
} from '../../../../../src-renderer/features/machine/hardware/addition.ts';
import { formatDomain, parseDomain } from '../../../../../src-shared/model/domain/index.ts';
import { diffDomains } from '../../../../../src-shared/model/domain-diff.ts';
import { sample, sampleXml } from './sample.ts';

const { of: draftOf, withEdit, withStored, withText } = machineDrafts;

describe('an edit under way', () => {
  const grown = withEdit(draftOf(sampleXml), (domain) => setMemory(domain, 4_194_304, 1_048_576));

  it('begins without a change, whatever layout the definition has', () => {
    expect(isChanged(draftOf(sampleXml))).toBe(false);
  });

  it('is seen in the text, and is gone when taken back by hand', () => {
    expect(grown.text).toContain('>4194304</memory>');
    expect(isChanged(withEdit(grown, (domain) => setMemory(domain, 2_097_152, 1_048_576)))).toBe(false);
  });

  it('is seen by the forms when the text is changed', () => {
    const draft = withText(grown, grown.text.replace('4194304', '8388608'));
    expect(draft.model?.memory?.KiB).toBe(8_388_608);
  });

  it('has no model while the text is none', () => {
    const broken = withText(grown, '<domain');
    expect(broken.model).toBeUndefined();
    expect(withEdit(broken, () => sample())).toBe(broken);
    expect(isChanged(discarded(broken))).toBe(false);
  });

  it('is told when the stored definition becomes another', () => {
    const other = sampleXml.replace('<acpi/>', '<acpi/><pae/>');
    expect(withStored(grown, sampleXml).overtaken).toBe(false);
    expect(withStored(grown, other)).toMatchObject({ overtaken: true, text: grown.text });
    expect(withStored(discarded(grown), other)).toMatchObject({ overtaken: false });
  });
});

describe('hardware that is added', () => {
  it.each(additionKinds)('%s is one device more, and can be written and read', (kind) => {
    const domain = sample();
    const next = withAddition(domain, { ...firstAddition(domain), kind }, '/images/new.qcow2');
    const read = parseDomain(formatDomain(next));
    expect(diffDomains(domain, read).map(({ type }) => type)).toEqual(['device-added']);
  });
});

describe('lines that differ', () => {
  it('keeps what is the same and marks the rest', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc\nd').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'same a',
      'removed b',
      'added x',
      'same c',
      'added d',
    ]);
    expect(diffLines('', 'a')).toEqual([{ kind: 'added', text: 'a' }]);
  });
});
