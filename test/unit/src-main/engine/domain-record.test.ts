import { describe, expect, test } from 'vitest';
import { Configuration } from '../../../../src-main/engine/domain-record.ts';
import { formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';

const xml = (name: string): string =>
  `<domain type='qemu'><name>${name}</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>` +
  `<memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os>` +
  `<devices><graphics type='vnc' passwd='secret'/></devices></domain>`;

function written(name: string): Configuration {
  const configuration = new Configuration(parseDomain(xml(name)));
  expect(configuration.text).toContain(name);
  configuration.rest();
  return configuration;
}

/** As many others as have their models kept, and one more. */
function useOthers(): void {
  for (let number = 0; number < 33; number += 1) written(`other-${number}`);
}

describe('a configuration at rest', () => {
  test('keeps its model while it is used, and reads an equal one after that', () => {
    const first = written('first');
    const model = first.domain;
    expect(first.domain).toBe(model);
    useOthers();
    const again = first.domain;
    expect(again).not.toBe(model);
    expect(formatDomain(again)).toBe(formatDomain(model));
    expect(first.domain).toBe(again);
  });

  test('tells its name, its outline and its texts without a model', () => {
    const first = written('first');
    const { text, publicText, outline } = first;
    useOthers();
    expect(first.outline).toBe(outline);
    expect(outline).toMatchObject({ name: 'first', maxMemoryKiB: 65_536, hasGraphics: true });
    expect(first.text).toBe(text);
    expect(first.publicText).toBe(publicText);
    expect(publicText).not.toContain('secret');
  });

  test('is known by the text it was read from until it is written in its own', () => {
    const source = xml('found');
    const found = Configuration.stored(parseDomain(source), source);
    found.rest();
    expect(found.isWrittenAs(source)).toBe(true);
    useOthers();
    expect(found.domain.name).toBe('found');
    expect(found.isWrittenAs(found.text)).toBe(true);
    expect(found.isWrittenAs(source)).toBe(false);
  });
});
