import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readXml } from '../../../../src-shared/xml/read.ts';
import { permissions } from '../../../../src-main/network/helper/names.ts';

const policy = readFileSync(
  join(import.meta.dirname, '../../../../assets/linux/helper/io.github.vivarium.policy'),
  'utf8',
);

/** Each text of an action by its element and language. */
function textsOf(id: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const action of readXml(policy.replace(/<!DOCTYPE[^>]*>/, '')).children) {
    if (action.kind !== 'element' || action.name !== 'action' || action.attributes['id'] !== id) continue;
    for (const child of action.children) {
      if (child.kind !== 'element') continue;
      const text = child.children.map((each) => (each.kind === 'text' ? each.text : '')).join('');
      found[`${child.name} ${child.attributes['xml:lang'] ?? 'en'}`] = text;
    }
  }
  return found;
}

describe("polkit's policy", () => {
  it.each(Object.values(permissions))('says what %s is about, in English and German', (id) => {
    const texts = textsOf(id);
    for (const name of ['description', 'message']) {
      expect(texts[`${name} en`], name).toMatch(/\S/);
      expect(texts[`${name} de`], name).toMatch(/\S/);
      expect(texts[`${name} de`]).not.toBe(texts[`${name} en`]);
    }
  });

  it('has no action that the helper does not ask about', () => {
    const ids = [...policy.matchAll(/<action id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.sort()).toEqual(Object.values(permissions).sort());
  });
});
