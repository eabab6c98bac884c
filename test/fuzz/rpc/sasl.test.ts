/** Hostile bytes at both sides of each mechanism, and at the layer behind it: refused, and by nothing else than refusal. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DigestClient } from '../../../src-main/rpc/sasl/digest-client.ts';
import { digestSecret } from '../../../src-main/rpc/sasl/digest-keys.ts';
import { DigestLayer } from '../../../src-main/rpc/sasl/digest-layer.ts';
import { DigestServer } from '../../../src-main/rpc/sasl/digest-server.ts';
import {
  type ClientMechanism,
  type Message,
  SaslError,
  type ServerMechanism,
} from '../../../src-main/rpc/sasl/mechanism.ts';
import { ScramClient } from '../../../src-main/rpc/sasl/scram-client.ts';
import { makeScramKeys } from '../../../src-main/rpc/sasl/scram-keys.ts';
import { ScramServer } from '../../../src-main/rpc/sasl/scram-server.ts';
import { generator, mangle } from './values.ts';

const credentials = { name: 'me', password: 'secret' };
const keys = await makeScramKeys('sha256', 'other', randomBytes(16), 4096);

const servers: readonly (readonly [string, () => ServerMechanism, () => ClientMechanism])[] = [
  ['SCRAM-SHA-256', () => new ScramServer('sha256', () => keys), () => new ScramClient('SCRAM-SHA-256', credentials)],
  [
    'DIGEST-MD5',
    () => new DigestServer({ realm: 'here', secretOf: (name) => digestSecret(name, 'here', 'other') }),
    () => new DigestClient({ credentials, host: 'h', encrypt: true }),
  ],
];

/** Whatever comes, a refusal is the only thing that may be thrown. */
async function refusedOr<T>(does: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await does();
  } catch (thrown) {
    if (thrown instanceof SaslError) return undefined;
    throw thrown;
  }
}

describe.each(servers)('%s', (_name, makeServer, makeClient) => {
  it('lets nobody in who does not know the password, whatever they say', async () => {
    const below = generator(7);
    const perhaps = (message: Message): Buffer => {
      const bytes = message ?? Buffer.alloc(0);
      return below(2) === 0 ? mangle(bytes, below) : bytes;
    };
    let answered = 0;
    for (let round = 0; round < 400; round += 1) {
      const server = makeServer();
      const client = makeClient();
      const start = client.start();
      const challenge = await refusedOr(() => server.step(start === undefined ? undefined : perhaps(start)));
      if (challenge === undefined) continue;
      expect(challenge.isComplete).toBe(false);
      const response = await refusedOr(() => client.step(perhaps(challenge.data)));
      expect(client.isComplete).toBe(false);
      if (response === undefined) continue;
      answered += 1;
      expect(await refusedOr(() => server.step(perhaps(response)))).toBeUndefined();
      expect(server.layer).toBeUndefined();
    }
    expect(answered).toBeGreaterThan(50);
  });
});

it.each(['rc4', '3des', undefined] as const)(
  'a layer with %s gives out only what the other side has put in',
  (cipher) => {
    const below = generator(11);
    const options = { sessionKey: randomBytes(16), cipher, peerMaximumBytes: 65_536 };
    let refused = 0;
    for (let round = 0; round < 3000; round += 1) {
      const bytes = randomBytes(below(300));
      const near = new DigestLayer({ ...options, side: 'client' });
      const far = new DigestLayer({ ...options, side: 'server' });
      try {
        // A change may be none, or leave a buffer unfinished.
        for (const plain of far.unwrap(mangle(near.wrap(bytes), below))) expect(plain.equals(bytes)).toBe(true);
      } catch (thrown) {
        if (!(thrown instanceof SaslError)) throw thrown;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  },
);
