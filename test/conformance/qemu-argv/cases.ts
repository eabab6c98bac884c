/** The cases of libvirt's `qemuxml2argvtest.c`, read out of its macros. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusDir } from '../../support/corpus.ts';

export interface UpstreamCase {
  readonly name: string;
  /** `latest` or a version such as `5.0.0`. */
  readonly version: string;
  readonly expects: 'arguments' | 'failure' | 'parse-error';
  /** Words of the macro besides name and version: flags that change the test's surroundings. */
  readonly extras: string;
  readonly xmlPath: string;
  /** The expected arguments, or the expected error. */
  readonly expectedPath: string;
}

const macro =
  /\bDO_TEST_CAPS_(LATEST|VER|ARCH_LATEST_FULL|ARCH_VER_FULL)(_FAILURE|_PARSE_ERROR)?\(((?:[^()"]|"[^"]*"|\([^()]*\))*)\);/g;

/** All cases for x86_64 whose capabilities are those of a recorded QEMU. */
export function upstreamCases(): UpstreamCase[] {
  const folder = corpusDir();
  const source = readFileSync(join(folder, 'qemuxml2argvtest.c'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const body = source.slice(source.indexOf('mymain'));
  const cases: UpstreamCase[] = [];
  for (const match of body.matchAll(macro)) {
    const kind = match[1] ?? '';
    const words = (match[3] ?? '').split(',').map((word) => word.trim());
    const [name, ...rest] = words.map((word) => word.replace(/^"(.*)"$/, '$1'));
    if (name === undefined || /^_?name$/.test(name)) continue;
    let version = 'latest';
    let extras = rest;
    if (kind === 'VER') [version = 'latest', ...extras] = rest;
    else if (kind.startsWith('ARCH')) {
      const [architecture, ...others] = rest;
      if (architecture !== 'x86_64') continue;
      if (kind === 'ARCH_VER_FULL') [version = 'latest', ...extras] = others;
      else extras = others;
    }
    const flags = extras.join(' ');
    const expects =
      match[2] === '_PARSE_ERROR' || flags.includes('FLAG_EXPECT_PARSE_ERROR')
        ? 'parse-error'
        : match[2] === '_FAILURE' || flags.includes('FLAG_EXPECT_FAILURE')
          ? 'failure'
          : 'arguments';
    const base = join(folder, 'qemuxml2argvdata', name);
    const suffix = `.x86_64-${version}`;
    const item: UpstreamCase = {
      name,
      version,
      expects,
      extras: flags,
      xmlPath: `${base}.xml`,
      expectedPath: `${base}${suffix}.${expects === 'arguments' ? 'args' : 'err'}`,
    };
    if (existsSync(item.xmlPath) && existsSync(item.expectedPath)) cases.push(item);
  }
  return cases;
}
