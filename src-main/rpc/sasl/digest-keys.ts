/** The computations of DIGEST-MD5 (RFC 2831) that both sides share. */
import { createHash } from 'node:crypto';

export type Qop = 'auth' | 'auth-int' | 'auth-conf';

export interface Exchange {
  /** H(name:realm:password). */
  readonly secret: Buffer;
  readonly nonce: string;
  readonly clientNonce: string;
  readonly nonceCount: string;
  readonly qop: Qop;
  readonly digestUri: string;
  /** For whom the client acts, when it says so. */
  readonly authorization?: string;
}

const md5 = (...parts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** What can be said in ISO 8859-1 is hashed in it, all else in UTF-8. */
function bytesOf(text: string): Buffer {
  return [...text].every((character) => (character.codePointAt(0) ?? 0) < 256)
    ? Buffer.from(text, 'latin1')
    : Buffer.from(text);
}

/** What a server keeps instead of the password; for this realm it is as good as the password. */
export function digestSecret(name: string, realm: string, password: string): Buffer {
  return md5(bytesOf(name), ':', bytesOf(realm), ':', bytesOf(password));
}

/** H(A1), from which the keys of the layer follow too. */
export function sessionKey({ secret, nonce, clientNonce, authorization }: Exchange): Buffer {
  return md5(secret, `:${nonce}:${clientNonce}`, authorization === undefined ? '' : `:${authorization}`);
}

const ofIntegrity = `:${'0'.repeat(32)}`;

/** @param by the server's answer is computed in the same way, without the client's verb. */
export function digestResponse(exchange: Exchange, by: 'client' | 'server'): string {
  const { nonce, nonceCount, clientNonce, qop, digestUri } = exchange;
  const a2 = `${by === 'client' ? 'AUTHENTICATE' : ''}:${digestUri}${qop === 'auth' ? '' : ofIntegrity}`;
  const rest = [nonce, nonceCount, clientNonce, qop, md5(a2).toString('hex')].join(':');
  return md5(sessionKey(exchange).toString('hex'), ':', rest).toString('hex');
}
