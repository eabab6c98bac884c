import { describe, expect, it } from 'vitest';
import { formatXml } from '../../../../src-shared/xml/format.ts';
import { formatIssue, XmlError } from '../../../../src-shared/xml/issue.ts';
import { inspectElement, parseXml } from '../../../../src-shared/xml/parse.ts';
import { readXml } from '../../../../src-shared/xml/read.ts';
import {
  attr,
  child,
  children,
  childText,
  childTexts,
  choices,
  element,
  type ElementSchema,
  flag,
  mapped,
  type ModelOf,
  raw,
  tag,
  text,
  union,
} from '../../../../src-shared/xml/schema.ts';
import { oneOf, onOff, string, unsigned } from '../../../../src-shared/xml/values.ts';

const guest = element('guest', {
  state: attr(oneOf('on', 'off')),
  size: attr(unsigned).default(1),
  name: childText('name', string),
  note: childTexts('note', string),
  paused: flag('paused'),
  extra: raw('extra'),
  nic: children(element('nic', { mac: attr(string).optional(), value: text(unsigned).optional() })),
});

const issuesOf = (source: string): string[] => inspectElement(guest, readXml(source)).issues.map(formatIssue);

describe('parseXml', () => {
  it('reads attributes, texts, flags, lists and defaults into a typed model', () => {
    const model = parseXml(guest, `<guest state='on'><name>web</name><paused/><nic mac='x'>7</nic><nic/></guest>`);
    expect(model).toEqual({
      state: 'on',
      size: 1,
      name: 'web',
      note: [],
      paused: true,
      nic: [{ mac: 'x', value: 7 }, {}],
    });
  });

  it('reports every issue at once, each with its line and path', () => {
    expect(issuesOf(`<guest state='maybe' size='-1'>\n  <nic>x</nic>\n  <nic>y</nic>\n</guest>`)).toEqual([
      "line 1, /guest/@state: 'maybe' is not one of on, off.",
      "line 1, /guest/@size: '-1' is not a whole number that is not negative.",
      "line 2, /guest/nic[1]: 'x' is not a whole number that is not negative.",
      "line 3, /guest/nic[2]: 'y' is not a whole number that is not negative.",
      'line 1, /guest: The element <name> is missing.',
    ]);
  });

  it('throws an error that starts with the first issue and counts the others', () => {
    expect(() => parseXml(guest, '<guest/>')).toThrow(XmlError);
    expect(() => parseXml(guest, '<guest/>')).toThrow("line 1, /guest: The attribute 'state' is missing. (and 1 more)");
  });

  it('refuses another root element', () => {
    expect(issuesOf('<host/>')).toEqual(['line 1, /host: This is <host>; <guest> was expected here.']);
  });

  it('cuts long values in issues', () => {
    expect(issuesOf(`<guest state='${'x'.repeat(200)}'><name/></guest>`)[0]).toBe(
      `line 1, /guest/@state: '${'x'.repeat(57)}…' is not one of on, off.`,
    );
  });
});

describe('what a schema does not know', () => {
  const roundTrip = (source: string): string => formatXml(guest, parseXml(guest, source));

  it('is written back: attributes, elements, comments and text, where they stood', () => {
    const source = `<guest state='on' size='2' later='1'>
  <!-- named -->
  <name lang='en'>web</name>
  <future a='1'>
    <deep/>
  </future>
  <paused since='noon'/>
  <nic mac='a'/>
  <other/>
  <nic mac='b'/>
  <!-- end -->
</guest>
`;
    expect(roundTrip(source)).toBe(source);
  });

  it('keeps a second element where one is expected, behind the others', () => {
    expect(roundTrip(`<guest state='on' size='1'><name>a</name><name>b</name><paused/></guest>`)).toBe(
      `<guest state='on' size='1'>\n  <name>a</name>\n  <paused/>\n  <name>b</name>\n</guest>\n`,
    );
  });

  it('next to a text leaves the text what it was', () => {
    const once = roundTrip(`<guest state='on' size='1'><name>a</name><nic>7 <!-- lucky --> </nic></guest>`);
    expect(roundTrip(once)).toBe(once);
    expect(parseXml(guest, once).nic[0]?.value).toBe(7);
  });

  it('keeps foreign trees as they are, white space of mixed content included', () => {
    const inside = '<extra xmlns:x="u">\n    <x:a b="1">mixed <i>text</i> </x:a>\n  </extra>';
    const source = `<guest state='on' size='1'>\n  <name>a</name>\n  ${inside}\n</guest>\n`;
    expect(roundTrip(source)).toBe(source);
  });

  it('survives JSON', () => {
    const source = `<guest state='on' size='1' later='1'>\n  <new/>\n  <name>a</name>\n</guest>\n`;
    expect(formatXml(guest, JSON.parse(JSON.stringify(parseXml(guest, source))) as ModelOf<typeof guest>)).toBe(source);
  });
});

describe('unions', () => {
  const disk = union(
    'disk',
    'type',
    {
      file: { type: tag(), device: attr(string).optional(), source: child(element('source', { file: attr(string) })) },
      block: { source: child(element('source', { dev: attr(string) })) },
    },
    'file',
    { check: (model) => (model.type === 'block' && model.source.dev === '' ? 'A device has a name.' : undefined) },
  );

  it('choose their fields by the attribute, and their default without it', () => {
    expect(parseXml(disk, `<disk type='block'><source dev='/dev/sda'/></disk>`)).toEqual({
      type: 'block',
      source: { dev: '/dev/sda' },
    });
    expect(parseXml(disk, `<disk><source file='a'/></disk>`)).toEqual({ type: 'file', source: { file: 'a' } });
  });

  it('name the words they know', () => {
    expect(inspectElement(disk, readXml(`<disk type='tape'/>`)).issues.map(formatIssue)).toEqual([
      "line 1, /disk/@type: 'tape' is not one of file, block.",
    ]);
  });

  it('can look at several fields together', () => {
    expect(inspectElement(disk, readXml(`<disk type='block'><source dev=''/></disk>`)).issues.map(formatIssue)).toEqual(
      ['line 1, /disk: A device has a name.'],
    );
  });

  it('refuse to be written with a variant they do not have', () => {
    const wrong = { type: 'tape' } as unknown as ModelOf<typeof disk>;
    expect(() => formatXml(disk, wrong)).toThrow("<disk> has no variant 'tape'");
  });
});

describe('choices', () => {
  const rules = element('rules', {
    entries: choices({
      accept: element('accept', { port: attr(unsigned) }),
      refer: element('refer', { to: attr(string) }),
    }),
  });

  it('keep the order of elements of different names, and what stood between them', () => {
    const source = `<rules>
  <accept port='1'/>
  <refer to='a'/>
  <!-- why -->
  <accept port='2'/>
</rules>
`;
    const model = parseXml(rules, source);
    expect(model.entries.map(({ element: name }) => name)).toEqual(['accept', 'refer', 'accept']);
    expect(formatXml(rules, model)).toBe(source);
  });
});

describe('mapped elements', () => {
  const celsius = mapped(
    element('temperature', { unit: attr(oneOf('C', 'F')).default('C'), value: text(unsigned) }),
    ({ unit, value }) =>
      unit === 'F' && value < 32 ? { problem: 'Too cold.' } : { value: unit === 'F' ? (value - 32) / 1.8 : value },
    (value) => ({ unit: 'C' as const, value }),
  );

  it('are converted when read and written', () => {
    expect(parseXml(celsius, `<temperature unit='F'>212</temperature>`)).toBe(100);
    expect(formatXml(celsius, 7)).toBe(`<temperature unit='C'>7</temperature>\n`);
  });

  it('may refuse a value', () => {
    expect(() => parseXml(celsius, `<temperature unit='F'>3</temperature>`)).toThrow('/temperature: Too cold.');
  });
});

describe('recursive elements', () => {
  interface Box {
    open: boolean;
    box?: Box;
  }
  const box: ElementSchema<Box> = element('box', {
    open: attr(onOff),
    box: child((): ElementSchema<Box> => box).optional(),
  });

  it('nest as deep as the document does', () => {
    expect(parseXml(box, `<box open='on'><box open='off'/></box>`)).toEqual({ open: true, box: { open: false } });
  });
});

describe('a declaration', () => {
  it('can not use the tag of a union as the key of another field', () => {
    expect(() => union('a', 'type', { x: { type: childText('type', string) } })).toThrow("the key 'type'");
  });
});
