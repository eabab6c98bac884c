import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkDocument } from '../../../src-shared/model/document.ts';
import { XmlError } from '../../../src-shared/xml/issue.ts';
import { readXml } from '../../../src-shared/xml/read.ts';
import { corpusDir } from '../../support/corpus.ts';
import { readCorpus, xmlFiles } from '../../conformance/xml/round-trip.ts';

/** A repeatable sequence (mulberry32): a failing case is named by its number. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const corpus = corpusDir();
const folders = [
  ...['qemuxml2argvdata', 'genericxml2xmlindata', 'networkxml2xmlin', 'storagepoolxml2xmlin', 'storagevolxml2xmlin'],
  ...['nwfilterxml2xmlin', 'nodedevschemadata', 'interfaceschemadata', 'domaincapsdata'],
];
const seeds = folders.flatMap((folder) =>
  xmlFiles(join(corpus, folder))
    .filter((_, index) => index % 7 === 0)
    .map((file) => readCorpus(join(corpus, folder), file)),
);

const hostile = [
  ...[
    '<',
    '>',
    '&',
    "'",
    '"',
    '/',
    '=',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '&#x',
    '&amp;',
    '\u0000',
    '\ud800',
  ],
  ...[
    '<!DOCTYPE a [',
    '<__proto__/>',
    ` constructor='1'`,
    ` __proto__='x'`,
    'xmlns:qemu=',
    'NaN',
    '-1',
    '99999999999999999999',
  ],
  ...['0-99999999', '4294967296', "unit='YiB'", '\ufffe', '𝄞', '%s%n', '../../etc/passwd', ' '.repeat(500)],
];

function mutate(text: string, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const at = (): number => Math.floor(random() * text.length);
  let result = text;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    const place = at();
    switch (Math.floor(random() * 6)) {
      case 0:
        result = result.slice(0, place) + pick(hostile) + result.slice(place);
        break;
      case 1:
        result = result.slice(0, place) + result.slice(place + Math.floor(random() * 40));
        break;
      case 2:
        result =
          result.slice(0, place) +
          result.slice(place, place + 60).repeat(1 + Math.floor(random() * 30)) +
          result.slice(place);
        break;
      case 3:
        result = result.replace(/'[^']*'/g, (value) =>
          random() < 0.05 ? `'${pick(hostile).replace(/['<&]/g, '')}'` : value,
        );
        break;
      case 4:
        result = result.slice(0, place) + pick(seeds).slice(0, 400) + result.slice(place);
        break;
      default:
        result = result.replace(/>[^<>]+</g, (value) =>
          random() < 0.05 ? `>${pick(hostile).replace(/[<&]/g, '')}<` : value,
        );
    }
  }
  return result;
}

/** A document that is sound is written as one that is sound, and the same again. */
function examine(text: string): boolean {
  const { issues, formatted } = checkDocument(text);
  if (formatted === undefined) {
    expect(issues.length).toBeGreaterThan(0);
    return false;
  }
  const again = checkDocument(formatted);
  expect(again.issues).toEqual([]);
  expect(again.formatted).toBe(formatted);
  return true;
}

describe('documents that were tampered with', () => {
  const budgetMs = 10_000;
  let accepted = 0;
  let examined = 0;

  afterAll(() => console.log(`fuzz xml: ${examined} documents, ${accepted} of them still sound`));

  it('are refused with an XmlError or written soundly, each in a moment', () => {
    const started = Date.now();
    for (let seed = 0; seed < 50_000 && Date.now() - started < budgetMs; seed += 1) {
      const random = randomFrom(seed);
      const text = mutate(seeds[Math.floor(random() * seeds.length)] ?? '', random);
      const before = Date.now();
      try {
        if (examine(text)) accepted += 1;
      } catch (error) {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      }
      examined += 1;
      expect(Date.now() - before, `seed ${seed} took too long`).toBeLessThan(2_000);
    }
    expect(examined).toBeGreaterThan(1_000);
    expect(accepted).toBeGreaterThan(examined / 20);
  });
});

describe('documents made to be expensive', () => {
  const within = (limitMs: number, text: string): void => {
    const before = Date.now();
    try {
      checkDocument(text);
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
    }
    expect(Date.now() - before).toBeLessThan(limitMs);
  };
  const million = 1_000_000;
  const domain = (inside: string): string => `<domain type='kvm'><name>a</name>${inside}</domain>`;

  it.each([
    ['elements on one line', `<a>${'<b/>'.repeat(150_000)}</a>`],
    ['wrong devices', domain(`<devices>${`<disk type='x'/>`.repeat(100_000)}</devices>`)],
    ['comments between devices', domain(`<devices>${`<!--c--><hub type='usb'/>`.repeat(90_000)}</devices>`)],
    ['comments between rules', `<filter name='a'>${`<!--c--><filterref filter='b'/>`.repeat(90_000)}</filter>`],
    ['wide CPU sets', domain(`<cputune>${`<vcpupin vcpu='0' cpuset='0-4095'/>`.repeat(90_000)}</cputune>`)],
    ['a CPU set of many ranges', domain(`<vcpu cpuset='${'0-4095,'.repeat(million)}1'>1</vcpu>`)],
    ['a CPU set of commas', domain(`<vcpu cpuset='${','.repeat(10 * million)}'>1</vcpu>`)],
    ['a number of many digits', domain(`<memory>${'9'.repeat(10 * million)}</memory>`)],
    ['nesting', '<a>'.repeat(million)],
    [
      'namespaces',
      `<domain ${Array.from({ length: 250 }, (_, i) => `xmlns:n${i}='u${i}'`).join(' ')}>${'<n1:b/>'.repeat(150_000)}</domain>`,
    ],
    ['ampersands', `<a>${'&'.repeat(million)}</a>`],
    ['entities', `<a>${'&amp;'.repeat(million)}</a>`],
    ['quotes that never end', `<a ${`b"='`.repeat(million)}`],
    ['comments that never end', '<a>' + '<!-'.repeat(million)],
  ])('are dealt with quickly: %s', (_, text) => {
    within(4_000, text);
  });

  it('are malformed text of any kind', () => {
    for (let seed = 0; seed < 3_000; seed += 1) {
      const random = randomFrom(seed);
      const text = Array.from({ length: 40 }, () => hostile[Math.floor(random() * hostile.length)]).join('');
      try {
        readXml(`<a>${text}</a>`);
      } catch (error) {
        expect(error).toBeInstanceOf(XmlError);
      }
    }
  });
});
