import { CompletionContext } from '@codemirror/autocomplete';
import { xml } from '@codemirror/lang-xml';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { completeXml } from '../../../../../src-renderer/features/machine/xml/completion.ts';
import { diagnose } from '../../../../../src-renderer/features/machine/xml/lint.ts';

/** What is offered at the `|`. */
function offered(text: string): readonly string[] {
  const pos = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', ''), extensions: [xml()] });
  return completeXml(new CompletionContext(state, pos, true))?.options.map(({ label }) => label) ?? [];
}

const inDevices = (text: string): string => `<domain type='kvm'>\n<devices>\n${text}\n</devices>\n</domain>`;

describe('completion in a definition', () => {
  it('offers the elements that fit', () => {
    expect(offered(inDevices('<|'))).toContain('disk');
    expect(offered(inDevices('<|'))).not.toContain('vcpu');
    expect(offered(inDevices('<di|'))).toContain('disk');
    expect(offered("<domain type='kvm'>\n<|\n</domain>")).toContain('vcpu');
  });

  it('offers the attributes an element does not have yet', () => {
    const labels = offered(inDevices("<disk device='disk' |></disk>"));
    expect(labels).toContain('type');
    expect(labels).not.toContain('device');
  });

  it('offers the words of an attribute', () => {
    expect(offered(inDevices("<disk type='file' device='|'></disk>"))).toEqual(['disk', 'cdrom', 'floppy', 'lun']);
  });

  it('knows nothing of what is foreign', () => {
    expect(offered("<domain type='kvm'>\n<metadata>\n<x:y>\n<|\n</x:y>\n</metadata>\n</domain>")).toEqual([]);
  });
});

describe('checks of a definition', () => {
  it('stand at their line', () => {
    const { doc } = EditorState.create({
      doc: "<domain type='kvm'>\n  <name>a</name>\n  <vcpu>many</vcpu>\n</domain>",
    });
    const [first, ...others] = diagnose(doc);
    expect(others).toEqual([]);
    expect(doc.lineAt(first?.from ?? 0).number).toBe(3);
  });

  it('find nothing in a sound one', () => {
    const { doc } = EditorState.create({ doc: "<domain type='kvm'>\n  <name>a</name>\n</domain>" });
    expect(diagnose(doc)).toEqual([]);
  });
});
