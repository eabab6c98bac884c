/** The cases of libvirt's `qemuxml2xmltest.c`, read out of its macros. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusDir } from '../../support/corpus.ts';

export interface XmlCase {
  readonly name: string;
  /** A recorded QEMU (`latest`, `5.0.0`), or libvirt's names of what a made-up one can do. */
  readonly qemu: { readonly version: string } | { readonly can: readonly string[] };
  /** The macro's other words: flags that change what is done. */
  readonly extras: string;
  readonly input: string;
  /** The definition as libvirt stores it. */
  readonly expected: string;
}

const macro = /\b(DO_TEST\w*)\(\s*("(?:[^"]*)"(?:[^()]|\([^()]*\))*)\);/g;

export function xmlCases(): XmlCase[] {
  const folder = corpusDir();
  const source = readFileSync(join(folder, 'qemuxml2xmltest.c'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const body = source.slice(source.indexOf('DO_TEST_NOCAPS("minimal")'));
  const cases: XmlCase[] = [];
  for (const [, kind = '', words = ''] of body.matchAll(macro)) {
    const [name = '', ...rest] = words.split(',').map((word) => word.trim().replace(/^"(.*)"$/, '$1'));
    const found = qemuOf(kind, rest);
    if (found === undefined) continue;
    const { qemu, suffix, extras } = found;
    const outputs = join(folder, 'qemuxml2xmloutdata');
    const expected = [`${name}-inactive${suffix}.xml`, `${name}${suffix}.xml`]
      .map((file) => join(outputs, file))
      .find((path) => existsSync(path));
    const input = join(folder, 'qemuxml2argvdata', `${name}.xml`);
    if (expected === undefined || !existsSync(input)) continue;
    if (!/<type arch=['"](x86_64|i686)['"]/.test(readFileSync(expected, 'utf8'))) continue;
    cases.push({ name, qemu, extras, input, expected });
  }
  return cases;
}

function qemuOf(
  kind: string,
  rest: readonly string[],
): (Pick<XmlCase, 'qemu' | 'extras'> & { readonly suffix: string }) | undefined {
  const recorded = (version: string | undefined, extras: readonly string[]) =>
    version === undefined ? undefined : { qemu: { version }, suffix: `.x86_64-${version}`, extras: extras.join(' ') };
  switch (kind) {
    case 'DO_TEST':
      return { qemu: { can: rest.filter((word) => word !== 'NONE') }, suffix: '', extras: '' };
    case 'DO_TEST_NOCAPS':
      return { qemu: { can: [] }, suffix: '', extras: '' };
    case 'DO_TEST_CAPS_LATEST':
      return recorded('latest', rest);
    case 'DO_TEST_CAPS_VER':
      return recorded(rest[0], rest.slice(1));
    case 'DO_TEST_CAPS_ARCH_LATEST':
    case 'DO_TEST_CAPS_ARCH_LATEST_FULL':
      return rest[0] === 'x86_64' ? recorded('latest', rest.slice(1)) : undefined;
    case 'DO_TEST_CAPS_ARCH_VER':
    case 'DO_TEST_CAPS_ARCH_VER_FULL':
      return rest[0] === 'x86_64' ? recorded(rest[1], rest.slice(2)) : undefined;
    default:
      return undefined;
  }
}
