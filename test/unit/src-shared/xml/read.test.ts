import { describe, expect, it } from 'vitest';
import { XmlError } from '../../../../src-shared/xml/issue.ts';
import { readDocument, readXml, xmlLimits } from '../../../../src-shared/xml/read.ts';
import { textOf } from '../../../../src-shared/xml/tree.ts';

const refusal = (source: string): { message: string; line: number; column: number } => {
  try {
    readXml(source);
  } catch (error) {
    if (error instanceof XmlError && error.issues[0] !== undefined) return error.issues[0];
    throw error;
  }
  throw new Error('the document was read');
};

describe('readXml', () => {
  it('keeps elements, attributes in their order, text, CDATA and comments', () => {
    const root = readXml(`<a z='1' b="2"><!-- why --><b>x<![CDATA[<y>]]></b> tail</a>`);
    expect(Object.entries(root.attributes)).toEqual([
      ['z', '1'],
      ['b', '2'],
    ]);
    expect(root.children.map((node) => node.kind)).toEqual(['comment', 'element', 'text']);
    const [, b] = root.children;
    expect(b?.kind === 'element' && textOf(b)).toBe('x<y>');
  });

  it('knows the five entities and character references', () => {
    const root = readXml(`<a b='&lt;&gt;&amp;&apos;&quot;&#x41;&#66;'>&lt;&#x1F600;</a>`);
    expect(root.attributes['b']).toBe(`<>&'"AB`);
    expect(textOf(root)).toBe('<😀');
  });

  it('turns literal white space in attributes into spaces, but not referenced white space', () => {
    expect(readXml(`<a b='1\n2\t3&#10;4'/>`).attributes['b']).toBe('1 2 3\n4');
  });

  it('reads every line break as one line feed', () => {
    expect(textOf(readXml('<a>1\r\n2\r3</a>'))).toBe('1\n2\n3');
  });

  it('gives elements their line and column', () => {
    const root = readXml('<a>\n  <b/>\n  <c><d/></c>\n</a>');
    const places = root.children.flatMap((node) =>
      node.kind === 'element' ? [[node.name, node.line, node.column]] : [],
    );
    expect(places).toEqual([
      ['b', 2, 3],
      ['c', 3, 3],
    ]);
  });

  it('keeps the comments around the root', () => {
    const { before, after, root } = readDocument(`<?xml version='1.0'?>\n<!--one--><a/><!--two-->\n`);
    expect([before[0]?.text, root.name, after[0]?.text]).toEqual(['one', 'a', 'two']);
  });

  it('skips a byte order mark', () => {
    expect(readXml('\ufeff<a/>').name).toBe('a');
  });

  it('holds names that mean something to JavaScript as plain names', () => {
    const root = readXml(`<constructor __proto__='1' toString='2'><hasOwnProperty/></constructor>`);
    expect(Object.keys(root.attributes)).toEqual(['__proto__', 'toString']);
    expect(Object.getPrototypeOf(root.attributes)).toBe(Object.prototype);
  });

  it.each([
    ['<!DOCTYPE a [<!ENTITY x "y">]><a/>', 'Document type declarations are not accepted.'],
    ['<a>&x;</a>', "The entity '&x;' is not known."],
    ['<a>&constructor;</a>', "The entity '&constructor;' is not known."],
    ['<a>1 & 2</a>', "'&' must be written as '&amp;'."],
    ['<a>&#0;</a>', "'&#0;' is no character that XML allows."],
    ['<a>&#xD800;</a>', "'&#xD800;' is no character that XML allows."],
    ['<a>\u0001</a>', 'The document has a character that XML does not allow.'],
    ['', 'The document has no element.'],
    ['just text', 'There is text outside the root element.'],
    ['<a/><b/>', 'There is a second root element.'],
    ['<a/>tail', 'There is text outside the root element.'],
    ['<a/><![CDATA[x]]>', 'There is text outside the root element.'],
    ['<a><b></a></b>', '</a> stands where <b> of line 1 should end.'],
    ['<a>', '<a> of line 1 is never closed.'],
    ['</a>', '</a> ends nothing.'],
    ['<a b="1" b="2"/>', "The attribute 'b' stands twice."],
    ['<a b="1"c="2"/>', 'A space is missing in <a>.'],
    ['<a b/>', "The attribute 'b' has no value."],
    ['<a b=1/>', "The value of 'b' is not in quotes."],
    ['<a b="1/>', "The value of 'b' does not end."],
    ['<a b="<"/>', "'<' must not stand in an attribute."],
    ['<a', 'The tag <a> does not end.'],
    ['<a / >', "'/' stands alone in a tag."],
    ['<1a/>', "A name is expected, not '1a'."],
    ['< a/>', "A name is expected, not ''."],
    ['<a><!-- -- --></a>', "'--' must not stand inside a comment."],
    ['<a><!-- </a>', 'A comment does not end.'],
    ['<a><![CDATA[ </a>', 'A CDATA section does not end.'],
    ['<a><?pi </a>', 'A processing instruction does not end.'],
    [' <?xml version="1.0"?><a/>', 'The XML declaration must be the very first thing in the document.'],
    ['<a>]]></a>', "']]>' must not stand in text."],
    ['<!ELEMENT a><a/>', "'<!' starts neither a comment nor a CDATA section."],
  ])('refuses %j', (source, message) => {
    expect(refusal(source).message).toBe(message);
  });

  it('says where a document is malformed', () => {
    expect(refusal('<a>\n  <b c=1/>\n</a>')).toMatchObject({ line: 2, column: 6 });
  });

  it('refuses documents nested too deeply, with too many nodes or attributes, or too large', () => {
    const deep = '<a>'.repeat(xmlLimits.depth + 1);
    expect(refusal(deep).message).toContain('nested more than 128 deep');
    const many = `<a>${'<b/>'.repeat(xmlLimits.nodes)}</a>`;
    expect(refusal(many).message).toContain(`more than ${xmlLimits.nodes} nodes`);
    const wide = `<a ${Array.from({ length: xmlLimits.attributesPerElement + 1 }, (_, i) => `a${i}=''`).join(' ')}/>`;
    expect(refusal(wide).message).toContain('more than 256 attributes');
    expect(refusal(`<a>${' '.repeat(xmlLimits.characters)}</a>`).message).toContain('larger than');
  });
});
