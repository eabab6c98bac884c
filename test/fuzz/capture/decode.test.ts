// A guest sends whatever it likes: nothing of it may throw, hang, or reach a terminal.
import { expect, test } from 'vitest';
import { decodePacket } from '../../../src-main/network/capture/decode/packet.ts';
import { generator } from '../rpc/values.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const ethernet = '525400123456525400abcdef';
const udp4 = (ports: string): string =>
  `${ethernet} 0800 45000000 12344000 40110000 c0a87a02 c0a87a01 ${ports} 00000000`;
const tcp4 = `${ethernet} 0800 45000000 12344000 40060000 c0a87a02 c0a87a01 d43101bb 00000001 00000002 5018fa00 00000000`;
const v6 = (next: string): string => `${ethernet} 86dd 60000000 0000 ${next} 40 ${'fe'.repeat(16)} ${'fd'.repeat(16)}`;

/** Beginnings that lead into each decoder; what follows is random. */
const seeds = [
  '',
  `${ethernet} 0806 0001080006040001`,
  `${ethernet} 8100 0001 8100 0001 8100 0001 88a8`,
  udp4('00440043') + '01010600deadbeef' + '00'.repeat(228) + '63825363',
  udp4('c0000035') + '123401000001',
  udp4('0035c000') + '12348180 0002 0004 0000 0000 c00c 00010001 c00c',
  udp4('02220223') + '07abcdef 0003',
  tcp4 + '160301ffff01',
  tcp4 + Buffer.from('GET / HTTP/1.1\r\n').toString('hex'),
  v6('00'),
  v6('2c'),
  v6('3a') + '86000000',
  v6('3a') + '88000000',
  v6('04'),
  v6('29'),
  `${ethernet} 0800 45000000 12344000 40010000 c0a87a02 c0a87a01 0300`,
].map(hex);

test('random packets behind every beginning are decoded, in bounds and in time', () => {
  const below = generator(31);
  const begin = performance.now();
  for (let round = 0; round < 60_000; round += 1) {
    const seed = seeds[round % seeds.length] ?? Buffer.alloc(0);
    const tail = Buffer.from(Array.from({ length: below(200) }, () => below(256)));
    const packet = Buffer.concat([seed, tail]);
    // Now and then a bit of what leads there is wrong, too.
    if (round % 3 === 0 && packet.length > 0) {
      packet[below(packet.length)] = below(256);
    }
    const { info, layers } = decodePacket(packet);
    expect(info).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(info.length).toBeLessThan(8_192);
    expect(layers.length).toBeLessThanOrEqual(16);
    for (const layer of layers) expect(layer.offset + layer.length).toBeLessThanOrEqual(packet.length);
  }
  expect((performance.now() - begin) / 60_000).toBeLessThan(1);
});

test('what is nested without end ends', () => {
  const tags = Buffer.concat([hex(ethernet), Buffer.from('8100'.repeat(30_000), 'hex')]);
  expect(decodePacket(tags).layers).toHaveLength(16);
  const headers = Buffer.concat([hex(v6('00')), Buffer.from('0000050200000100'.repeat(8_000), 'hex')]);
  expect(decodePacket(headers).layers.length).toBeLessThan(4);
});
