import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { type ErrorData, saidOf, VirError } from '../../../src-shared/errors.ts';
import { crossing, keyOf, say, together, translated } from '../../../src-shared/words.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const german = new Map<string, string>();
const twice: string[] = [];
for (const file of readdirSync(join(root, 'src-shared/locales/de'))) {
  const read = JSON.parse(readFileSync(join(root, 'src-shared/locales/de', file), 'utf8')) as Record<string, string>;
  for (const [key, text] of Object.entries(read)) {
    if (german.has(key)) twice.push(key);
    german.set(key, text);
  }
}

interface Found {
  readonly key: string;
  readonly place: string;
}

/** Every sentence that the program says with `say`, and every literal that is an error's part without it. */
function catalogue(): { readonly said: readonly Found[]; readonly plain: readonly Found[] } {
  const said: Found[] = [];
  const plain: Found[] = [];
  const files = ['src-main', 'src-shared'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  for (const path of files) {
    const text = readFileSync(join(root, path), 'utf8');
    if (!text.includes('say`') && !text.includes('VirError(')) continue;
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
    const place = (node: ts.Node): string =>
      `${path}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
    const visit = (node: ts.Node): void => {
      if (ts.isTaggedTemplateExpression(node) && node.tag.getText(source) === 'say') {
        said.push({ key: keyOf(partsOf(node.template)), place: place(node) });
      }
      if (ts.isNewExpression(node) && node.expression.getText(source) === 'VirError') {
        for (const literal of unsaid(node.arguments?.[0]))
          plain.push({ key: literal.getText(source), place: place(literal) });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { said, plain };
}

const partsOf = (template: ts.TemplateLiteral): readonly string[] =>
  ts.isNoSubstitutionTemplateLiteral(template)
    ? [template.text]
    : [template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)];

function unsaid(data: ts.Expression | undefined): readonly ts.Expression[] {
  if (data === undefined || !ts.isObjectLiteralExpression(data)) return [];
  return data.properties.flatMap((property) => {
    if (!ts.isPropertyAssignment(property) || !['message', 'cause', 'fix'].includes(property.name.getText())) return [];
    const { initializer } = property;
    return ts.isStringLiteralLike(initializer) || ts.isTemplateExpression(initializer) ? [initializer] : [];
  });
}

/** Those doors speak English whatever the window speaks: they are libvirt's words, and a terminal's. */
const englishDoors = /^src-main\/(rpc\/server|cli|helper)\//;
const placeholders = (text: string): readonly string[] => [...new Set(text.match(/\{\{\d+\}\}/g) ?? [])].sort();
const { said, plain } = catalogue();

describe('what the engine says', () => {
  it('is said in German too, with everything it names', () => {
    expect(said.length).toBeGreaterThan(900);
    expect(said.filter(({ key }) => !german.has(key))).toEqual([]);
    const differing = said.filter(({ key }) => placeholders(german.get(key) ?? '').join() !== placeholders(key).join());
    expect(differing).toEqual([]);
  });

  it('is said somewhere, if there is German for it, and once in it', () => {
    const keys = new Set(said.map(({ key }) => key));
    expect([...german.keys()].filter((key) => !keys.has(key))).toEqual([]);
    expect(twice).toEqual([]);
  });

  it('comes with its words in every error of the engine', () => {
    expect(plain.filter(({ place }) => !englishDoors.test(place))).toEqual([]);
  });
});

describe('a sentence', () => {
  const inner = say`The file '${'a`$&{{0}}'}' can't be opened.`;
  const outer = say`${inner} It has ${3} bytes, not ${undefined}.`;

  it('is English, and knows what it is made of', () => {
    expect(outer).toEqual({
      sentence: "The file 'a`$&{{0}}' can't be opened. It has 3 bytes, not undefined.",
      words: {
        key: '{{0}} It has {{1}} bytes, not {{2}}.',
        values: {
          0: { key: "The file '{{0}}' can't be opened.", values: { 0: 'a`$&{{0}}' } },
          1: '3',
          2: 'undefined',
        },
      },
    });
    expect(say`Start it first.`).toEqual({ sentence: 'Start it first.', words: { key: 'Start it first.' } });
  });

  it('is said in another language, as far as that has words for it', () => {
    const dictionary = { "The file '{{0}}' can't be opened.": 'Die Datei „{{0}}“ lässt sich nicht öffnen.' };
    expect(translated(inner, dictionary)).toBe('Die Datei „a`$&{{0}}“ lässt sich nicht öffnen.');
    expect(translated(outer, dictionary)).toBe(outer.sentence);
    const both = { ...dictionary, [outer.words.key]: '{{1}} Byte hat sie, nicht {{2}}: {{0}}' };
    expect(translated(outer, both)).toBe(
      '3 Byte hat sie, nicht undefined: Die Datei „a`$&{{0}}“ lässt sich nicht öffnen.',
    );
    expect(translated('said by QEMU', dictionary)).toBe('said by QEMU');
  });

  it('follows another', () => {
    expect(together(undefined, '')).toBeUndefined();
    expect(together(undefined, inner)).toBe(inner);
    expect(together('One.', undefined, 'Two.')).toMatchObject({ sentence: 'One. Two.' });
  });
});

describe('an error', () => {
  const parts = { message: say`Start it first.`, cause: 'said by QEMU', fix: say`There is no job '${'7'}'.` } as const;
  const { data } = new VirError({ code: 'operation-invalid', domain: 'qemu', ...parts, details: 'argv' });

  it('crosses boundaries as English with its words beside it', () => {
    expect(data).toEqual({
      code: 'operation-invalid',
      domain: 'qemu',
      message: 'Start it first.',
      cause: 'said by QEMU',
      fix: "There is no job '7'.",
      details: 'argv',
      words: { message: parts.message.words, fix: parts.fix.words },
    });
    expect(crossing({ found: 'plain', cause: undefined })).toEqual({ found: 'plain' });
  });

  it('is the same after it crossed one, and takes other parts', () => {
    const arrived = JSON.parse(JSON.stringify(data)) as ErrorData;
    expect(new VirError(arrived).data).toEqual(data);
    expect(saidOf(arrived)).toEqual({ code: 'operation-invalid', domain: 'qemu', ...parts, details: 'argv' });
    const other = new VirError({ ...saidOf(arrived), message: 'Something else.' }).data;
    expect(other).toMatchObject({ message: 'Something else.', words: { fix: parts.fix.words } });
    expect(other.words).not.toHaveProperty('message');
  });
});
