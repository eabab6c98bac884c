import { describe, expect, it } from 'vitest';
import { formatXml } from '../../../../src-shared/xml/format.ts';
import { parseXml } from '../../../../src-shared/xml/parse.ts';
import { attr, child, children, childText, element, raw } from '../../../../src-shared/xml/schema.ts';
import { string } from '../../../../src-shared/xml/values.ts';

const uri = 'http://example.org/q/1.0';
const schema = element(
  'domain',
  {
    name: childText('name', string),
    metadata: raw('metadata'),
    command: child(element('q:command', { arg: children(element('q:arg', { value: attr(string) })) })).optional(),
  },
  { namespaces: { q: uri } },
);

const expected = `<domain xmlns:q='${uri}'>
  <name>a</name>
  <q:command>
    <q:arg value='-x'/>
  </q:command>
</domain>
`;

describe('namespaces', () => {
  it.each([
    ['our prefix', `<domain xmlns:q='${uri}'><name>a</name><q:command><q:arg value='-x'/></q:command></domain>`],
    [
      'another prefix',
      `<domain xmlns:ns0='${uri}'><name>a</name><ns0:command><ns0:arg value='-x'/></ns0:command></domain>`,
    ],
    [
      'a prefix declared inside',
      `<domain><name>a</name><n:command xmlns:n='${uri}'><n:arg value='-x'/></n:command></domain>`,
    ],
    ['a default namespace', `<domain><name>a</name><command xmlns='${uri}'><arg value='-x'/></command></domain>`],
  ])('are recognised by their URI: %s', (_, source) => {
    expect(formatXml(schema, parseXml(schema, source))).toBe(expected);
  });

  it('are not declared when nothing uses them', () => {
    expect(formatXml(schema, parseXml(schema, `<domain xmlns:q='${uri}'><name>a</name></domain>`))).toBe(
      '<domain>\n  <name>a</name>\n</domain>\n',
    );
  });

  it('of others survive, with their declarations', () => {
    const source = `<domain xmlns:app='urn:app' app:mark='1'>
  <name>a</name>
  <metadata>
    <app:note>x</app:note>
  </metadata>
  <app:odd/>
</domain>
`;
    expect(formatXml(schema, parseXml(schema, source))).toBe(source);
  });

  it('of others that use our prefix are renamed, so that ours is not taken for theirs', () => {
    const source = `<domain xmlns:q='urn:dummy' xmlns:z='${uri}'><name>a</name><q:odd/><z:command/></domain>`;
    const text = formatXml(schema, parseXml(schema, source));
    expect(text).toContain(`xmlns:q_='urn:dummy'`);
    expect(text).toContain('<q_:odd/>');
    expect(text).toContain('<q:command/>');
    expect(formatXml(schema, parseXml(schema, text))).toBe(text);
  });
});
