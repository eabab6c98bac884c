import { describe, expect, it } from 'vitest';
import { openIso } from '../../../../src-main/catalogue/iso9660.ts';
import { makeIso } from '../../../support/iso.ts';

const over = (bytes: Buffer) => (offset: number, length: number) =>
  Promise.resolve(bytes.subarray(offset, offset + length));

describe('openIso', () => {
  it('reads what the medium says of itself, without the padding', async () => {
    const iso = makeIso({
      volumeId: 'Debian 12.5.0 amd64 n',
      systemId: 'LINUX',
      applicationId: 'XORRISO-1.5.4',
      volumeSizeBytes: 659_554_304,
    });
    const image = await openIso(over(iso));
    expect(image?.volume).toEqual({
      volumeId: 'Debian 12.5.0 amd64 n',
      systemId: 'LINUX',
      applicationId: 'XORRISO-1.5.4',
      volumeSizeBytes: 659_554_304,
      bootable: true,
    });
  });

  it('knows a medium that does not boot', async () => {
    const image = await openIso(over(makeIso({ volumeId: 'PHOTOS', bootable: false })));
    expect(image?.volume.bootable).toBe(false);
  });

  it('is undefined for anything else', async () => {
    expect(await openIso(over(Buffer.alloc(100_000)))).toBeUndefined();
    expect(await openIso(over(Buffer.alloc(10)))).toBeUndefined();
  });

  it('lists an empty root and finds nothing in it', async () => {
    const image = await openIso(over(makeIso({ volumeId: 'EMPTY' })));
    expect(await image?.list('/')).toEqual([]);
    expect(await image?.read('/.treeinfo')).toBeUndefined();
    expect(await image?.list('/nothing')).toBeUndefined();
  });

  it('ends, with few reads, whatever the folders claim', async () => {
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state % below;
    };
    const seed = makeIso({ volumeId: 'HOSTILE', bootable: false });
    for (let round = 0; round < 500; round += 1) {
      const bytes = Buffer.from(seed);
      for (let change = 0; change < 8; change += 1) {
        // The root record and the root folder, where lengths and places are.
        const at = random(2) === 0 ? 16 * 2048 + 156 + random(34) : 19 * 2048 + random(128);
        bytes[at] = random(256);
      }
      let reads = 0;
      const image = await openIso((offset, length) => {
        reads += 1;
        expect(length).toBeLessThanOrEqual(4 * 2 ** 20);
        return Promise.resolve(bytes.subarray(offset, offset + length));
      });
      await image?.read('/a/b/c/d/e/f/g/h');
      expect(reads).toBeLessThan(100);
    }
  });
});
