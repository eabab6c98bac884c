import { describe, expect, it } from 'vitest';
import { formatNetwork, parseNetwork } from '../../../../src-shared/model/network.ts';
import {
  normaliseNetwork,
  normaliseStoragePool,
  normaliseStorageVolume,
  sanitizePath,
} from '../../../../src-shared/model/normalise.ts';
import { parseStoragePool } from '../../../../src-shared/model/storage-pool.ts';
import { parseStorageVolume } from '../../../../src-shared/model/storage-volume.ts';

describe('networks', () => {
  it('with a bridge of their own have spanning tree on', () => {
    expect(normaliseNetwork(parseNetwork('<network><name>a</name></network>')).bridge).toEqual({ stp: true, delay: 0 });
    const bridged = `<network><name>a</name><forward mode='bridge'/><bridge name='br0'/></network>`;
    expect(normaliseNetwork(parseNetwork(bridged)).bridge).toEqual({ name: 'br0' });
  });

  it('name the outgoing device twice, as libvirt writes them', () => {
    const network = parseNetwork(
      `<network><name>a</name><forward mode='nat' dev='eth0'/><ip address='10.0.0.1'/></network>`,
    );
    expect(formatNetwork(normaliseNetwork(network))).toContain(
      `<forward dev='eth0' mode='nat'>\n    <interface dev='eth0'/>\n  </forward>`,
    );
  });
});

describe('storage', () => {
  it('pools have no size before they start, and a clean path', () => {
    const pool = parseStoragePool(
      `<pool type='dir'><name>a</name><capacity>7</capacity><target><path>///a//b/</path></target></pool>`,
    );
    expect(normaliseStoragePool(pool)).toMatchObject({ capacity: { bytes: 0 }, target: { path: '/a/b' } });
  });

  it('pools are named by their source where it has a name', () => {
    const pool = parseStoragePool(`<pool type='logical'><source><name>vg</name></source></pool>`);
    expect(normaliseStoragePool(pool)).toMatchObject({
      name: 'vg',
      source: { name: 'vg', format: { type: 'lvm2' } },
      target: { path: '/dev/vg' },
    });
  });

  it('volumes take all their space and the format of their pool', () => {
    const volume = parseStorageVolume(`<volume><name>a</name><capacity unit='G'>1</capacity></volume>`);
    expect(normaliseStorageVolume(volume, 'dir')).toMatchObject({
      type: 'file',
      allocation: { bytes: 1024 ** 3 },
      target: { format: { type: 'raw' } },
    });
    expect(normaliseStorageVolume(volume, 'logical').target).toEqual({});
  });
});

describe('sanitizePath', () => {
  it('drops slashes that say nothing', () => {
    expect(['/a//b/', '//a', '///a', '/', 'rbd://a//b/', 'a/'].map(sanitizePath)).toEqual([
      '/a/b',
      '//a',
      '/a',
      '/',
      'rbd://a//b/',
      'a',
    ]);
  });
});
