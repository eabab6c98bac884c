import { describe, expect, it } from 'vitest';
import { bytes, kib, mebibytes, prettyBytes } from '../../../../src-shared/model/size.ts';
import { formatXml } from '../../../../src-shared/xml/format.ts';
import { parseXml } from '../../../../src-shared/xml/parse.ts';
import { attr } from '../../../../src-shared/xml/schema.ts';
import { onOff } from '../../../../src-shared/xml/values.ts';

describe('sizes in KiB', () => {
  const memory = kib('memory', { dumpCore: attr(onOff).optional() });

  it.each([
    ['<memory>1024</memory>', 1024],
    [`<memory unit='GiB'>2</memory>`, 2 * 1024 ** 2],
    [`<memory unit='b'>1025</memory>`, 2],
    [`<memory unit='MB'>1</memory>`, 977],
    [`<memory unit='k'>3</memory>`, 3],
  ])('%s', (source, KiB) => {
    expect(parseXml(memory, source)).toEqual({ KiB });
  });

  it('are written in KiB with their other attributes, unknown ones too', () => {
    const model = parseXml(memory, `<memory new='1' dumpCore='on' unit='MiB'>1</memory>`);
    expect(formatXml(memory, model)).toBe(`<memory dumpCore='on' unit='KiB' new='1'>1024</memory>\n`);
  });

  it('refuse unknown units and sizes that are not exact', () => {
    expect(() => parseXml(memory, `<memory unit='x'>1</memory>`)).toThrow("'x' is not a unit such as KiB");
    expect(() => parseXml(memory, `<memory unit='EB'>9007199254740991</memory>`)).toThrow('too large');
  });
});

describe('sizes in bytes', () => {
  it('are written as libvirt writes that element', () => {
    expect(formatXml(bytes('capacity'), { bytes: 5 })).toBe(`<capacity unit='bytes'>5</capacity>\n`);
    expect(formatXml(bytes('clusterSize', undefined, 'B'), { bytes: 5 })).toBe(
      `<clusterSize unit='B'>5</clusterSize>\n`,
    );
    expect(formatXml(prettyBytes('tseg', 'MiB'), { bytes: 48 * 1024 ** 2 })).toBe(`<tseg unit='MiB'>48</tseg>\n`);
    expect(formatXml(mebibytes('size'), { bytes: 4 * 1024 ** 2 })).toBe(`<size unit='M'>4</size>\n`);
    expect(formatXml(mebibytes('size'), { bytes: 5 })).toBe(`<size unit='bytes'>5</size>\n`);
  });

  it('may be larger than 2⁵³ when they are multiples of a block', () => {
    expect(parseXml(bytes('capacity'), `<capacity unit='PiB'>16</capacity>`)).toEqual({ bytes: 16 * 1024 ** 5 });
  });
});
