/** SCRAM against the examples of its specifications, and the two sides against each other. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Message, SaslError } from '../../../../../src-main/rpc/sasl/mechanism.ts';
import { ScramClient } from '../../../../../src-main/rpc/sasl/scram-client.ts';
import { makeScramKeys, readAttributes, type ScramKeys } from '../../../../../src-main/rpc/sasl/scram-keys.ts';
import { ScramServer } from '../../../../../src-main/rpc/sasl/scram-server.ts';

const text = (message: Message): string => message?.toString() ?? '';

const examples = [
  {
    source: 'RFC 7677, 3',
    mechanism: 'SCRAM-SHA-256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    first: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    answer:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    last: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  {
    source: 'RFC 5802, 5',
    mechanism: 'SCRAM-SHA-1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    first: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    answer: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    last: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
] as const;

describe.each(examples)('$source', ({ mechanism, nonce, first, answer, last }) => {
  const begin = (): ScramClient => new ScramClient(mechanism, { name: 'user', password: 'pencil' }, nonce);

  it('says what the example says', async () => {
    const client = begin();
    expect(text(client.start())).toBe(`n,,n=user,r=${nonce}`);
    expect(text(await client.step(Buffer.from(first)))).toBe(answer);
    expect(client.isComplete).toBe(false);
    await client.step(Buffer.from(last));
    expect(client.isComplete).toBe(true);
  });

  it('does not believe a server that does not know the password', async () => {
    const client = begin();
    client.start();
    await client.step(Buffer.from(first));
    await expect(client.step(Buffer.from(last.replace('v=', 'v=A')))).rejects.toThrow(SaslError);
    expect(client.isComplete).toBe(false);
  });

  it.each([
    ['a nonce that is not ours', first.replace('r=', 'r=x')],
    ['no nonce of its own', first.replace(/r=[^,]+/, `r=${nonce}`)],
    ['too few iterations', first.replace('4096', '1000')],
    ['more iterations than anybody needs', first.replace('4096', '4000000000')],
    ['no salt', first.replace(/s=[^,]+/, 's=')],
    ['an extension', `m=x,${first}`],
    ['nothing', ''],
  ])('does not go on with %s', async (_what, challenge) => {
    const client = begin();
    client.start();
    await expect(client.step(Buffer.from(challenge))).rejects.toThrow(SaslError);
  });
});

describe('the two sides', () => {
  const keysFor = async (password: string): Promise<ScramKeys> =>
    await makeScramKeys('sha256', password, randomBytes(16), 4096);

  async function talk(password: string, server: ScramServer, name = 'me'): Promise<ScramClient> {
    const client = new ScramClient('SCRAM-SHA-256', { name, password });
    let message: Message = client.start();
    for (let round = 0; round < 2; round += 1) {
      const { data, isComplete } = server.step(message);
      message = await client.step(data);
      expect(isComplete).toBe(round === 1);
    }
    return client;
  }

  it.each(['secret', 'a=b,c', 'pässwörd', 'ⅸ ª', ' '])('know each other by %j', async (password) => {
    const keys = await keysFor(password);
    const server = new ScramServer('sha256', () => keys);
    expect((await talk(password, server)).isComplete).toBe(true);
    expect(server.user).toBe('me');
  });

  it('take a name with commas and equals signs for what it is', async () => {
    const keys = await keysFor('secret');
    const server = new ScramServer('sha256', () => keys);
    await talk('secret', server, 'a=2C,b=');
    expect(server.user).toBe('a=2C,b=');
  });

  it('part at a wrong password', async () => {
    const keys = await keysFor('secret');
    await expect(talk('Secret', new ScramServer('sha256', () => keys))).rejects.toThrow('wrong');
  });

  it.each([
    ['acts for somebody else', 'n,a=root,n=me,r=abc'],
    ['demands a bound channel', 'p=tls-unique,,n=me,r=abc'],
    ['has no nonce', 'n,,n=me'],
    ['has two names', 'n,,n=me,r=abc,n=you'],
    ['has a malformed name', 'n,,n=m=e,r=abc'],
    ['is empty', ''],
  ])('refuse a first message that %s', async (_what, message) => {
    const keys = await keysFor('secret');
    const server = new ScramServer('sha256', () => keys);
    expect(() => server.step(Buffer.from(message))).toThrow(SaslError);
  });

  it('refuse the proof of another conversation', async () => {
    const keys = await keysFor('secret');
    const client = new ScramClient('SCRAM-SHA-256', { name: 'me', password: 'secret' });
    const overheard = new ScramServer('sha256', () => keys);
    const proof = await client.step(overheard.step(client.start()).data);
    const server = new ScramServer('sha256', () => keys);
    server.step(client.start());
    expect(() => server.step(proof)).toThrow('another challenge');
  });

  it('keep no part of the password', async () => {
    const { salt, storedKey, serverKey } = await keysFor('secret');
    expect([salt, storedKey, serverKey].join()).not.toContain('secret');
    expect(readAttributes('a=b=c,d=').get('a')).toBe('b=c');
  });
});
