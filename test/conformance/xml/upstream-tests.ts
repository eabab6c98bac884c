import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface UpstreamCase {
  /** The macro it stands in: `DO_TEST_DIFFERENT`. */
  readonly macro: string;
  /** The macro's leading string arguments: usually one, the case's name. */
  readonly names: readonly string[];
}

/** The cases of one of upstream's test programs, as far as they are written down as `DO_TEST…("name", …)`. */
export function upstreamCases(corpus: string, program: string): UpstreamCase[] {
  const source = readFileSync(join(corpus, program), 'utf8');
  return [...source.matchAll(/^\s+(DO_TEST\w*)\(("[^"]*"(?:,\s*"[^"]*")*)/gm)].map((match) => ({
    macro: match[1] ?? '',
    names: [...(match[2] ?? '').matchAll(/"([^"]*)"/g)].map((name) => name[1] ?? ''),
  }));
}
