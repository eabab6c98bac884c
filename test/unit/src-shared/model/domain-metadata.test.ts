import { describe, expect, it } from 'vitest';
import {
  extractNamespace,
  readOrganisation,
  readOsId,
  setNamespace,
  withOrganisation,
  withOsId,
} from '../../../../src-shared/model/domain-metadata.ts';
import { readXml } from '../../../../src-shared/xml/read.ts';
import { writeNode } from '../../../../src-shared/xml/write.ts';

const other = '<app:note xmlns:app="http://app.example/1">keep</app:note>';
const metadata = readXml(`<metadata>${other}</metadata>`);

describe('folder and tags', () => {
  it('are written beside what other applications keep, and read back', () => {
    const changed = withOrganisation(metadata, { folder: '/lab//web/', tags: ['a', 'b', 'a'] });
    expect(readOrganisation(changed)).toEqual({ folder: 'lab/web', tags: ['a', 'b'] });
    expect(extractNamespace(changed, 'http://app.example/1')).toBe('<note>keep</note>');
    expect(extractNamespace(metadata, 'https://vivarium.github.io/xmlns/domain/1')).toBeUndefined();
  });

  it('are replaced without touching what a later version keeps in our element', () => {
    const ours =
      '<v:machine xmlns:v="https://vivarium.github.io/xmlns/domain/1"><v:folder>a</v:folder><v:colour>red</v:colour></v:machine>';
    const changed = withOrganisation(readXml(`<metadata>${ours}</metadata>`), { tags: ['x'] });
    expect(changed === undefined ? '' : writeNode(changed, '')).toBe(
      "<metadata>\n  <v:machine xmlns:v='https://vivarium.github.io/xmlns/domain/1'>\n    <v:tag>x</v:tag>\n    <v:colour>red</v:colour>\n  </v:machine>\n</metadata>\n",
    );
  });

  it('leave no empty element behind', () => {
    const changed = withOrganisation(withOrganisation(undefined, { folder: 'a', tags: [] }), { tags: [] });
    expect(changed).toBeUndefined();
  });

  it('are found when the prefix is declared on the metadata element, or by default', () => {
    const outer = readXml(
      "<metadata xmlns:x='https://vivarium.github.io/xmlns/domain/1'><x:machine><x:tag>t</x:tag></x:machine></metadata>",
    );
    expect(readOrganisation(outer).tags).toEqual(['t']);
    const plain = readXml(
      "<metadata><machine xmlns='https://vivarium.github.io/xmlns/domain/1'><tag>t</tag></machine></metadata>",
    );
    expect(readOrganisation(plain).tags).toEqual(['t']);
  });
});

describe('the operating system', () => {
  it('is read from and written as libosinfo’s element', () => {
    const changed = withOsId(metadata, 'http://debian.org/debian/12');
    expect(readOsId(changed)).toBe('http://debian.org/debian/12');
    expect(readOsId(withOsId(changed, undefined))).toBeUndefined();
    const virtManager = readXml(
      '<metadata><libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0"><libosinfo:os id="http://x/1"/></libosinfo:libosinfo></metadata>',
    );
    expect(readOsId(virtManager)).toBe('http://x/1');
  });
});

describe('an application’s element', () => {
  it('replaces its former one and gives prefixes to all that has none', () => {
    const first = setNamespace(metadata, 'urn:x', 'x', '<a/>');
    const second = setNamespace(first, 'urn:x', 'x', "<b><c/><y:d xmlns:y='urn:y'/></b>");
    expect(second?.children).toHaveLength(2);
    expect(second === undefined ? '' : writeNode(second, '')).toContain(
      "<x:b xmlns:x='urn:x'>\n    <x:c/>\n    <y:d xmlns:y='urn:y'/>",
    );
    expect(extractNamespace(second, 'urn:x')).toBe('<b>\n  <c/>\n  <y:d xmlns:y="urn:y"/>\n</b>');
  });
});
