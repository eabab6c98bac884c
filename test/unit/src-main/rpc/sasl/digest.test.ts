/** DIGEST-MD5 against the example of its specification, and the two sides against each other. */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DigestClient } from '../../../../../src-main/rpc/sasl/digest-client.ts';
import { digestResponse, digestSecret, sessionKey } from '../../../../../src-main/rpc/sasl/digest-keys.ts';
import { type DigestCipher, DigestLayer } from '../../../../../src-main/rpc/sasl/digest-layer.ts';
import { DigestServer } from '../../../../../src-main/rpc/sasl/digest-server.ts';
import { quoted, readDirectives } from '../../../../../src-main/rpc/sasl/digest-text.ts';
import { SaslError } from '../../../../../src-main/rpc/sasl/mechanism.ts';
import { Rc4 } from '../../../../../src-main/rpc/sasl/rc4.ts';

it('computes the example of RFC 2831, 4', () => {
  const exchange = {
    secret: digestSecret('chris', 'elwood.innosoft.com', 'secret'),
    nonce: 'OA6MG9tEQGm2hh',
    clientNonce: 'OA6MHXh6VqTrRk',
    nonceCount: '00000001',
    qop: 'auth',
    digestUri: 'imap/elwood.innosoft.com',
  } as const;
  expect(digestResponse(exchange, 'client')).toBe('d388dad90d4bbd760a152321f2143af7');
  expect(digestResponse(exchange, 'server')).toBe('ea40f60335c427b5527b84dbabcdfffd');
});

it('hashes what ISO 8859-1 can say in it, and all else in UTF-8', () => {
  const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
  expect(digestSecret('me', 'here', 'ä').toString('hex')).toBe(md5(Buffer.from('me:here:ä', 'latin1')));
  expect(digestSecret('me', 'here', 'Д').toString('hex')).toBe(md5(Buffer.from('me:here:Д')));
});

it('encrypts as RC4 does (RFC 6229, key of 128 bits)', () => {
  const key = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
  const stream = new Rc4(key).apply(Buffer.alloc(32)).toString('hex');
  expect(stream).toBe('9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c');
});

describe('directives', () => {
  it('are read however they are written', () => {
    const read = readDirectives(' realm="a\\"b" , realm=c,,qop="auth,auth-conf",maxbuf=10 ');
    expect(Object.fromEntries(read)).toEqual({ realm: ['a"b', 'c'], qop: ['auth,auth-conf'], maxbuf: ['10'] });
    expect(Object.fromEntries(readDirectives(`x=${quoted('a\\"b,')}`))).toEqual({ x: ['a\\"b,'] });
  });

  it.each(['realm="open', 'nonsense', '="x"', 'a=b c=d'])('%j are none', (text) => {
    expect(() => readDirectives(text)).toThrow(SaslError);
  });
});

describe('the two sides', () => {
  const credentials = { name: 'me', password: 'secret' };
  const server = (password = 'secret'): DigestServer =>
    new DigestServer({ realm: 'vivarium', secretOf: (name) => digestSecret(name, 'vivarium', password) });
  const client = (): DigestClient => new DigestClient({ credentials, host: 'localhost', encrypt: true });

  it('know each other, and what follows is protected both ways', () => {
    const [near, far] = [client(), server()];
    expect(near.start()).toBeUndefined();
    const challenge = far.step(undefined);
    const proof = far.step(near.step(challenge.data));
    expect([challenge.isComplete, proof.isComplete, far.user, near.isComplete]).toEqual([false, true, 'me', false]);
    near.step(proof.data);
    expect(near.isComplete).toBe(true);
    const said = Buffer.from('a call');
    const wire = near.layer?.wrap(said) ?? said;
    expect(wire.includes(said)).toBe(false);
    expect(Buffer.concat([...(far.layer?.unwrap(wire) ?? [])])).toEqual(said);
    const answer = far.layer?.wrap(Buffer.from('an answer')) ?? said;
    expect(Buffer.concat([...(near.layer?.unwrap(answer) ?? [])]).toString()).toBe('an answer');
  });

  it('part at a wrong password', () => {
    const [near, far] = [client(), server('other')];
    expect(() => far.step(near.step(far.step(undefined).data))).toThrow('wrong');
    expect(far.layer).toBeUndefined();
  });

  it('do not believe a server that can not answer', () => {
    const near = client();
    near.step(server().step(undefined).data);
    expect(() => near.step(Buffer.from('rspauth=00000000000000000000000000000000'))).toThrow(SaslError);
    expect(near.layer).toBeUndefined();
  });

  it.each([
    ['encrypts nothing', (text: string) => text.replace('auth-conf', 'auth')],
    ['encrypts weakly', (text: string) => text.replace(/cipher="[^"]*"/, 'cipher="rc4-40,des"')],
    ['has another algorithm', (text: string) => text.replace('md5-sess', 'md5')],
    ['has no nonce', (text: string) => text.replace(/nonce="[^"]*"/, 'x=y')],
    ['has room for nothing', (text: string) => text.replace(/maxbuf=\d+/, 'maxbuf=100')],
  ])('do not go on with a server that %s', (_what, change) => {
    const challenge = server().step(undefined).data?.toString() ?? '';
    expect(change(challenge)).not.toBe(challenge);
    expect(() => client().step(Buffer.from(change(challenge)))).toThrow(SaslError);
  });

  it.each([
    ['is to another challenge', (text: string) => text.replace(/,nonce="[^"]*"/, ',nonce="x"')],
    ['is for another service', (text: string) => text.replace('libvirt/', 'imap/')],
    ['wants no encryption', (text: string) => text.replace('auth-conf', 'auth')],
    ['wants a weak cipher', (text: string) => text.replace('cipher=rc4', 'cipher=des')],
    ['is used again', (text: string) => text.replace('nc=00000001', 'nc=00000002')],
    ['acts for somebody else', (text: string) => `${text},authzid="root"`],
    ['has no room for anything', (text: string) => text.replace(/maxbuf=\d+/, 'maxbuf=100')],
    ['says something twice', (text: string) => `${text},username="root"`],
  ])('refuse a response that %s', (_what, change) => {
    const far = server();
    const response = client().step(far.step(undefined).data)?.toString() ?? '';
    expect(change(response)).not.toBe(response);
    expect(() => far.step(Buffer.from(change(response)))).toThrow(SaslError);
    expect(far.layer).toBeUndefined();
  });

  it('refuse an answer that was not asked for', () => {
    expect(() => server().step(Buffer.from('username="me"'))).toThrow(SaslError);
  });
});

describe.each<DigestCipher | undefined>(['rc4', '3des', undefined])('the layer with %s', (cipher) => {
  const key = sessionKey({
    secret: randomBytes(16),
    nonce: 'n',
    clientNonce: 'c',
    nonceCount: '00000001',
    qop: 'auth-conf',
    digestUri: 'libvirt/here',
  });
  const pair = (): readonly [DigestLayer, DigestLayer] => {
    const options = { sessionKey: key, cipher, peerMaximumBytes: 65_536 };
    return [new DigestLayer({ ...options, side: 'client' }), new DigestLayer({ ...options, side: 'server' })];
  };

  it('gives back whatever goes in, in pieces of any size', () => {
    const [near, far] = pair();
    for (const size of [0, 1, 7, 8, 1000, 65_536, 300_000]) {
      const bytes = randomBytes(size);
      const wire = near.wrap(bytes);
      const out: Buffer[] = [];
      for (let at = 0; at < wire.length; at += 9973) out.push(...far.unwrap(wire.subarray(at, at + 9973)));
      expect(Buffer.concat(out).equals(bytes)).toBe(true);
    }
  });

  it('sends no buffer that the other side has no room for', () => {
    const layer = new DigestLayer({ sessionKey: key, cipher, side: 'client', peerMaximumBytes: 1024 });
    const wire = layer.wrap(randomBytes(10_000));
    for (let at = 0; at < wire.length; at += 4 + wire.readUInt32BE(at)) {
      expect(wire.readUInt32BE(at)).toBeLessThanOrEqual(1020);
    }
  });

  it('sees every change, omission and repetition', () => {
    const wires = (): Buffer[] => {
      const [near] = pair();
      return [near.wrap(Buffer.from('first')), near.wrap(Buffer.from('second'))];
    };
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = wires();
    for (let index = 4; index < first.length; index += 1) {
      const changed = Buffer.from(first);
      changed[index] = (changed[index] ?? 0) ^ 0x40;
      expect(() => pair()[1].unwrap(changed)).toThrow(SaslError);
    }
    expect(() => pair()[1].unwrap(second)).toThrow(SaslError);
    expect(() => pair()[1].unwrap(Buffer.concat([first, first]))).toThrow(SaslError);
    expect(() => pair()[0].unwrap(first)).toThrow(SaslError);
  });

  it.each([0, 15, 65_537, 0xffff_ffff])('waits for no buffer of %i bytes', (length) => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(length);
    expect(() => pair()[1].unwrap(header)).toThrow(SaslError);
  });
});
