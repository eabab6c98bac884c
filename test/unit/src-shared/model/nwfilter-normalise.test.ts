import { describe, expect, it } from 'vitest';
import { formatNwfilter, parseNwfilter } from '../../../../src-shared/model/nwfilter.ts';
import { normaliseNwfilter } from '../../../../src-shared/model/nwfilter-normalise.ts';

const rule = (element: string): string => {
  const xml = `<filter name='a'><rule action='drop' direction='in'>${element}</rule></filter>`;
  return (
    formatNwfilter(normaliseNwfilter(parseNwfilter(xml)))
      .split('\n')[2]
      ?.trim() ?? ''
  );
};

describe('normaliseNwfilter', () => {
  it.each([
    [`<mac srcmacaddr='1:2:3:4:5:6' protocolid='2054'/>`, `<mac srcmacaddr='01:02:03:04:05:06' protocolid='arp'/>`],
    [`<ip dstipaddr='10.0.0.0' dstipmask='255.255.0.0'/>`, `<ip dstipaddr='10.0.0.0' dstipmask='16'/>`],
    [`<ipv6 srcipaddr='fe80::1' srcipmask='ffff:ffff::'/>`, `<ipv6 srcipaddr='fe80::1' srcipmask='32'/>`],
    [
      `<tcp dstportstart='0x50' dscp='0x3F' flags='ack,syn/ALL'/>`,
      `<tcp dscp='0x3f' dstportstart='0x50' flags='SYN,ACK/ALL'/>`,
    ],
    [`<all state='related,new'/>`, `<all state='NEW,RELATED'/>`],
    [`<udp srcipaddr='$A[ 1 ]' srcportstart='$B[@0]'/>`, `<udp srcipaddr='$A[1]' srcportstart='$B'/>`],
    [`<arp opcode='2' gratuitous='yes'/>`, `<arp opcode='Reply' gratuitous='true'/>`],
    [`<tcp match='no' dstportstart='22'/>`, `<tcp match='no' dstportstart='22'/>`],
  ])('writes %s as libvirt does', (given, written) => {
    expect(rule(given)).toBe(written);
  });

  it.each([
    `<mac srcmacaddr='1:2:3'/>`,
    `<mac srcmacmask='ff:00:ff:00:00:00'/>`,
    `<mac protocolid='15'/>`,
    `<mac dstmacaddr='$A[x]'/>`,
  ])('drops what is no value: %s', (given) => {
    expect(rule(given)).toBe('<mac/>');
  });

  it.each([
    `<ip srcipaddr='10.0.0.256'/>`,
    `<ip srcipmask='33'/>`,
    `<ip srcipmask='255.0.255.0'/>`,
    `<ip dscp='64'/>`,
    `<ip srcportstart='65536'/>`,
  ])('drops what is out of range: %s', (given) => {
    expect(rule(given)).toBe('<ip/>');
  });

  it.each(['1::2::3', '1:2:3', 'g::', '::1.2.3', '1:2:3:4:5:6:7:8:9'])('knows %s for no IPv6 address', (address) => {
    expect(rule(`<ipv6 srcipaddr='${address}'/>`)).toBe('<ipv6/>');
  });

  it('gives chains their place in the order', () => {
    const priority = (chain: string): number | undefined =>
      normaliseNwfilter(parseNwfilter(`<filter name='a' chain='${chain}'/>`)).priority;
    expect(['ipv4-web', 'arp', 'rarp', 'root'].map(priority)).toEqual([-700, -500, -400, undefined]);
  });
});
