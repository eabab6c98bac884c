/** How well XML survives being read and written: shared by the conformance tests of this folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatXml } from '../../../src-shared/xml/format.ts';
import { formatIssue, XmlError } from '../../../src-shared/xml/issue.ts';
import { canonicalPrefixes } from '../../../src-shared/xml/namespaces.ts';
import { inspectElement, parseXml } from '../../../src-shared/xml/parse.ts';
import { readXml } from '../../../src-shared/xml/read.ts';
import type { AnySchema, ModelOf } from '../../../src-shared/xml/schema.ts';
import type { XmlElement } from '../../../src-shared/xml/tree.ts';

/** The XML files of a folder by name, empty when the folder is not in this version of the corpus. */
export function xmlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.xml'))
    .sort();
}

export const readCorpus = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

/** One line a node, attributes sorted, white space at the ends of text dropped: equal for documents that mean the same. */
export function canonical(element: XmlElement, depth = 0): string[] {
  const indent = '  '.repeat(depth);
  const names = Object.keys(element.attributes).sort();
  const attributes = names.map((name) => ` ${name}="${element.attributes[name]}"`).join('');
  const lines = [`${indent}<${element.name}${attributes}>`];
  let text = '';
  for (const node of element.children) {
    if (node.kind === 'text') text += node.text;
    if (node.kind === 'element') lines.push(...canonical(node, depth + 1));
  }
  if (text.trim() !== '') lines.push(`${indent}  "${text.trim()}"`);
  return lines;
}

/** The first difference that matters, or nothing. */
export function compare(actual: string, expected: string): string | undefined {
  const got = canonical(readXml(actual));
  const want = canonical(readXml(expected));
  const place = got.findIndex((line, index) => line !== want[index]);
  if (place < 0 && got.length === want.length) return undefined;
  const at = place < 0 ? got.length : place;
  return `line ${at + 1}: ${got[at]?.trim() ?? 'nothing'} instead of ${want[at]?.trim() ?? 'nothing'}`;
}

/** Every element and attribute by its path, without values: what must not get lost. */
export function inventory(element: XmlElement, path = '', counts = new Map<string, number>()): Map<string, number> {
  const here = `${path}/${element.name}`;
  counts.set(here, (counts.get(here) ?? 0) + 1);
  for (const name in element.attributes) {
    // A namespace's declaration moves to the root, and goes where nothing uses it.
    if (name.startsWith('xmlns')) continue;
    const key = `${here}/@${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const node of element.children) if (node.kind === 'element') inventory(node, here, counts);
  return counts;
}

const namespacesOf = (schema: AnySchema): Readonly<Record<string, string>> =>
  (schema.kind === 'element' ? schema.options.namespaces : undefined) ?? {};

export interface RoundTrip {
  /** Why the document could not be read; the rest is absent then. */
  readonly issue?: string;
  readonly output?: string;
  /** Paths of the input that the output has fewer of. */
  readonly lost?: readonly string[];
  /** Reading the output gives the same model again. */
  readonly stable?: boolean;
}

/** Reads, optionally changes, writes and reads again. */
export function roundTrip<S extends AnySchema>(
  schema: S,
  source: string,
  change: (model: ModelOf<S>) => ModelOf<S> = (model) => model,
): RoundTrip {
  let output: string;
  try {
    output = formatXml(schema, change(parseXml(schema, source)));
  } catch (error) {
    if (error instanceof XmlError) return { issue: error.issues.map(formatIssue).join(' | ') };
    throw error;
  }
  const again = inspectElement(schema, readXml(output));
  const before = inventory(canonicalPrefixes(readXml(source), namespacesOf(schema)));
  const after = inventory(canonicalPrefixes(readXml(output), namespacesOf(schema)));
  const lost = [...before].filter(([path, count]) => (after.get(path) ?? 0) < count).map(([path]) => path);
  const stable = again.value !== undefined && again.issues.length === 0 && formatXml(schema, again.value) === output;
  return { output, lost, stable };
}

/** Documents of one kind, and how many of them came out as expected. */
export class Score {
  readonly name: string;
  readonly failures: { readonly file: string; readonly why: string }[] = [];
  total = 0;

  constructor(name: string) {
    this.name = name;
  }

  count(file: string, passed: boolean, why = ''): void {
    this.total += 1;
    if (!passed) this.failures.push({ file, why });
  }

  get passed(): number {
    return this.total - this.failures.length;
  }
}

/** Prints scores as a table, one line a score. */
export function printScores(title: string, scores: readonly Score[]): void {
  const width = Math.max(...scores.map((score) => score.name.length));
  const lines = scores.map((score) => {
    const share = score.total === 0 ? '—' : `${((100 * score.passed) / score.total).toFixed(1)} %`;
    return `  ${score.name.padEnd(width)}  ${`${score.passed}/${score.total}`.padStart(9)}  ${share.padStart(7)}`;
  });
  console.log([title, ...lines].join('\n'));
}
