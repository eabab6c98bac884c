import { describe, expect, it } from 'vitest';
import { decodePacket } from '../../../../../src-main/network/capture/decode/packet.ts';

/** Literal bytes, with room between what belongs together. */
const bytes = (...hex: readonly string[]): Uint8Array => Buffer.from(hex.join('').replaceAll(' ', ''), 'hex');
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

const ethernet = (type: string): string => `525400123456 525400abcdef ${type}`;
const ipv4Header = (protocol: string, length: string, fragment = '4000'): string =>
  `45 00 ${length} 1234 ${fragment} 40 ${protocol} 0000 c0a87a02 c0a87a01`;
const ipv6Header = (next: string, length: string): string =>
  `60000000 ${length} ${next} 40 fe800000000000005054 00fffe123456 fd000000000000000000000000000001`;
const tcpHeader = (flags: string): string => `d431 01bb 00000001 00000002 50 ${flags} fa00 0000 0000`;

const told = (packet: Uint8Array): string => {
  const { source, destination, protocol, info } = decodePacket(packet);
  return `${source} > ${destination} ${protocol} ${info}`;
};
const fieldsOf = (packet: Uint8Array, layer: string): Record<string, string> =>
  Object.fromEntries(
    (decodePacket(packet).layers.find(({ name }) => name === layer)?.fields ?? []).map(({ name, value }) => [
      name,
      value,
    ]),
  );

describe('links', () => {
  const question = '0001 0800 06 04 0001 525400abcdef c0a87a02 000000000000 c0a87a01';

  it('reads who asks for whom', () => {
    expect(told(bytes(ethernet('0806'), question))).toBe(
      '52:54:00:ab:cd:ef > 52:54:00:12:34:56 ARP who has 192.168.122.1? tell 192.168.122.2',
    );
    const answer = '0001 0800 06 04 0002 525400123456 c0a87a01 525400abcdef c0a87a02';
    expect(told(bytes(ethernet('0806'), answer))).toMatch('ARP 192.168.122.1 is at 52:54:00:12:34:56');
  });

  it('looks behind tags, two of them too', () => {
    const packet = bytes(ethernet('88a8'), '0064 8100 600a 0806', question);
    expect(decodePacket(packet).layers.map(({ name }) => name)).toEqual(['Ethernet', 'VLAN', 'VLAN', 'ARP']);
    expect(decodePacket(packet).layers[2]?.fields[0]).toEqual({ name: 'id', value: '10' });
    expect(decodePacket(packet).layers[2]?.fields[1]).toEqual({ name: 'priority', value: '3' });
  });

  it('names what it does not read', () => {
    expect(told(bytes(ethernet('88cc'), '0207'))).toMatch('LLDP 2 bytes');
    expect(told(bytes(ethernet('abcd'), '00'))).toMatch('0xabcd 1 bytes');
    expect(told(bytes('0180c2000000 525400abcdef 0026 424203'))).toMatch('STP spanning tree');
    expect(decodePacket(bytes('00'), 113)).toMatchObject({ protocol: 'link type 113', layers: [] });
  });
});

describe('IPv4', () => {
  it('reads echoes', () => {
    const echo = bytes(ethernet('0800'), ipv4Header('01', '0024'), '08 00 0000 0007 0003', '0102030405060708');
    expect(told(echo)).toBe('192.168.122.2 > 192.168.122.1 ICMP echo request, id 7, seq 3, 8 bytes');
    expect(fieldsOf(echo, 'IPv4')).toMatchObject({ TTL: '64', protocol: '1 ICMP', flags: "don't fragment" });
  });

  it('says of whom an error speaks', () => {
    const about = '45 00 0054 0000 4000 3f 01 0000 c0a87a02 08080808';
    expect(told(bytes(ethernet('0800'), ipv4Header('01', '0038'), '03 0d 0000 0000 0000', about))).toMatch(
      'ICMP administratively prohibited (of a packet to 8.8.8.8)',
    );
    expect(told(bytes(ethernet('0800'), ipv4Header('01', '0038'), '03 04 0000 0000 05dc', about))).toMatch(
      'fragmentation needed, MTU 1500',
    );
  });

  it('leaves padding out', () => {
    const packet = bytes(ethernet('0800'), ipv4Header('11', '0020'), '1234 0009 000c 0000 61626364', '000000000000');
    expect(told(packet)).toMatch('UDP 4660 → 9, 4 bytes');
  });

  it('does not take the middle of a packet for its beginning', () => {
    expect(told(bytes(ethernet('0800'), ipv4Header('11', '001c', '00b9'), '0035 0035 0008 0000'))).toMatch(
      'UDP fragment of 0x1234 at 1480, 8 bytes',
    );
    expect(told(bytes(ethernet('0800'), ipv4Header('11', '001c', '2000'), '1234 0009 0008 0000'))).toMatch(
      'UDP 4660 → 9, 0 bytes, first fragment',
    );
  });
});

describe('IPv6', () => {
  it('reads neighbours and routers', () => {
    const solicitation = '87 00 0000 00000000 fd000000000000000000000000000001 0101 525400123456';
    expect(told(bytes(ethernet('86dd'), ipv6Header('3a', '0020'), solicitation))).toBe(
      'fe80::5054:ff:fe12:3456 > fd00::1 ICMPv6 neighbour solicitation, who has fd00::1',
    );
    const advertisement = '88 00 0000 60000000 fd000000000000000000000000000001 0201 525400123456';
    expect(told(bytes(ethernet('86dd'), ipv6Header('3a', '0020'), advertisement))).toMatch(
      'neighbour advertisement, fd00::1 is at 52:54:00:12:34:56',
    );
    const router = '86 00 0000 40 80 0708 00000000 00000000';
    const prefix = '0304 40 c0 00000e10 00000e10 00000000 fd000000000000000000000000000000';
    const packet = bytes(ethernet('86dd'), ipv6Header('3a', '0030'), router, prefix);
    expect(told(packet)).toMatch('router advertisement, fd00::/64, lifetime 1800 s');
    expect(fieldsOf(packet, 'ICMPv6')).toMatchObject({ flags: 'managed', prefix: 'fd00::/64' });
  });

  it('goes through extension headers', () => {
    const hopByHop = '3a 00 05 02 0000 01 00';
    expect(told(bytes(ethernet('86dd'), ipv6Header('00', '0010'), hopByHop, '80 00 0000 0001 0002'))).toMatch(
      'ICMPv6 echo request, id 1, seq 2, 0 bytes',
    );
    const fragment = '11 00 05a8 00000001';
    expect(told(bytes(ethernet('86dd'), ipv6Header('2c', '000c'), fragment, '01020304'))).toMatch(
      'UDP fragment of 0x0001 at 1448, 4 bytes',
    );
  });

  it('shortens only the longest run of zeros', () => {
    const source = '20010db8000000000001000000000001';
    const packet = bytes(ethernet('86dd'), '60000000 0000 3b 40', source, '20010db8000100020003000400050000');
    expect(told(packet)).toMatch('2001:db8::1:0:0:1 > 2001:db8:1:2:3:4:5:0');
  });
});

describe('what is inside', () => {
  const udp = (ports: string, payload: string): Uint8Array =>
    bytes(ethernet('0800'), ipv4Header('11', '0000'), ports, '0000 0000', payload);
  const tcp = (payload: string): Uint8Array =>
    bytes(ethernet('0800'), ipv4Header('06', '0000'), tcpHeader('18'), payload);

  it('reads TCP', () => {
    expect(told(bytes(ethernet('0800'), ipv4Header('06', '0028'), tcpHeader('02')))).toMatch(
      'TCP 54321 → 443 [SYN] seq 1 win 64000 len 0',
    );
    expect(told(tcp('0102'))).toMatch('TCP 54321 → 443 [PSH, ACK] seq 1 ack 2 win 64000 len 2');
    const options = 'd431 01bb 00000001 00000000 70 02 fa00 0000 0000 020405b4 01030307';
    expect(fieldsOf(bytes(ethernet('0800'), ipv4Header('06', '0030'), options), 'TCP')).toMatchObject({
      'maximum segment size': '1460',
      'window scale': '7',
    });
  });

  it('reads an address being given', () => {
    const bootp = (operation: string, given: string): string =>
      `${operation} 01 06 00 deadbeef 0000 8000 00000000 ${given} 00000000 00000000 525400abcdef ${'00'.repeat(10 + 64 + 128)} 63825363`;
    const discover = udp('0044 0043', bootp('01', '00000000') + '350101 3204 c0a87a2a 0c03' + ascii('web') + 'ff');
    expect(told(discover)).toMatch('DHCP discover, 52:54:00:ab:cd:ef, 192.168.122.42, web');
    const ack = udp('0043 0044', `${bootp('02', 'c0a87a2a')} 350105 0104ffffff00 0304c0a87a01 330400000e10 ff`);
    expect(told(ack)).toMatch('DHCP ack, 52:54:00:ab:cd:ef, 192.168.122.42');
    expect(fieldsOf(ack, 'DHCP')).toMatchObject({ netmask: '255.255.255.0', router: '192.168.122.1', lease: '3600 s' });
    const v6 =
      '07 abcdef 0003 0028 00000001 00000e10 00001518 0005 0018 fd00000000000000000000000000002a 00000e10 00001518';
    expect(told(udp('0223 0222', v6))).toMatch('DHCPv6 reply, fd00::2a');
  });

  it('reads names and what they are', () => {
    const name = `06${ascii('debian')}03${ascii('org')}00`;
    expect(told(udp('c000 0035', `1234 0100 0001 0000 0000 0000 ${name} 001c 0001`))).toMatch(
      'DNS query AAAA debian.org',
    );
    const answer = `1234 8180 0001 0002 0000 0000 ${name} 0001 0001`;
    const records = `c00c 0005 0001 0000003c 0006 03${ascii('www')}c00c c028 0001 0001 0000003c 0004 80 1f 00 3e`;
    expect(told(udp('0035 c000', answer + records))).toMatch('DNS response A debian.org → www.debian.org, 128.31.0.62');
    expect(told(udp('0035 c000', `1234 8183 0001 0000 0000 0000 ${name} 0001 0001`))).toMatch(
      'response A debian.org: no such name',
    );
    expect(told(udp('14e9 14e9', `0000 0000 0001 0000 0000 0000 ${name} 000c 0001`))).toMatch('mDNS query PTR');
  });

  it('does not run in circles after a name that points at itself', () => {
    expect(told(udp('c000 0035', '1234 0100 0001 0000 0000 0000 c00c 0001 0001'))).toMatch('DNS query A .');
  });

  it('reads the name that a TLS client asks for, and requests of HTTP', () => {
    const name = ascii('example.org');
    const sni = `0000 0010 000e 00 000b ${name}`;
    const body = `0303 ${'11'.repeat(32)} 00 0002 1301 01 00 0014 ${sni}`;
    expect(told(tcp(`16 0301 0043 01 00003f ${body}`))).toMatch('TLS client hello, example.org');
    expect(told(tcp('17 0303 0002 0000'))).toMatch('TLS application data, 2 bytes');
    const request = tcp(ascii('GET /index.html HTTP/1.1\r\nHost: example.org\r\n\r\nHost: not.this'));
    expect(told(request)).toMatch('HTTP GET /index.html HTTP/1.1');
    expect(fieldsOf(request, 'HTTP')).toEqual({ request: 'GET /index.html HTTP/1.1', Host: 'example.org' });
    expect(told(tcp(ascii('SSH-2.0-OpenSSH_9.2\r\n')))).toMatch('SSH SSH-2.0-OpenSSH_9.2');
  });

  it('lets nothing through that a terminal would obey', () => {
    expect(told(tcp(ascii('GET /\u001b[2J\u0007 HTTP/1.1\r\n\r\n')))).toMatch('GET /\\x1b[2J\\x07 HTTP/1.1');
  });
});

describe('what is cut short', () => {
  it('tells what there is, at every length', () => {
    const whole = bytes(ethernet('0800'), ipv4Header('06', '0000'), tcpHeader('18'), ascii('GET / HTTP/1.1\r\n\r\n'));
    for (let length = 0; length < whole.length; length += 1) {
      const { layers, info } = decodePacket(whole.subarray(0, length));
      expect(info).not.toBe('');
      expect(layers.every((layer) => layer.offset + layer.length <= length)).toBe(true);
    }
    expect(decodePacket(whole.subarray(0, 30)).layers.at(-1)?.fields.at(-1)).toEqual({ name: 'truncated', value: '' });
  });
});
