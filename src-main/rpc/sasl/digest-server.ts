/** The side of DIGEST-MD5 that checks the response; what follows is always encrypted. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Exchange, digestResponse, sessionKey } from './digest-keys.ts';
import { digestCiphers, type DigestCipher, DigestLayer, maximumBufferBytes } from './digest-layer.ts';
import { quoted, readDirectives, single } from './digest-text.ts';
import { type Message, SaslError, type SecurityLayer, type ServerAnswer, type ServerMechanism } from './mechanism.ts';

export interface DigestServerOptions {
  readonly realm: string;
  /** A user's; of one who does not exist some that belongs to no password. */
  readonly secretOf: (name: string) => Buffer;
}

const service = 'libvirt/';

export class DigestServer implements ServerMechanism {
  user: string | undefined;
  layer: SecurityLayer | undefined;
  readonly #options: DigestServerOptions;
  readonly #nonce = randomBytes(24).toString('base64');
  #isChallenged = false;

  constructor(options: DigestServerOptions) {
    this.#options = options;
  }

  step(response: Message): ServerAnswer {
    if (!this.#isChallenged) {
      // A response before the challenge would be to one of another connection.
      if (response !== undefined && response.length > 0) throw new SaslError('it answers what it was not asked');
      this.#isChallenged = true;
      return { data: this.#challenge(), isComplete: false };
    }
    return { data: this.#check(readDirectives(response?.toString() ?? '')), isComplete: true };
  }

  #challenge(): Buffer {
    return Buffer.from(
      [
        `nonce=${quoted(this.#nonce)}`,
        `realm=${quoted(this.#options.realm)}`,
        'qop="auth-conf"',
        `cipher=${quoted(Object.keys(digestCiphers).join(','))}`,
        `maxbuf=${maximumBufferBytes}`,
        'charset=utf-8',
        'algorithm=md5-sess',
      ].join(','),
    );
  }

  #check(directives: ReadonlyMap<string, readonly string[]>): Buffer {
    const needed = (name: string): string => {
      const value = single(directives, name);
      if (value === undefined || value === '') throw new SaslError(`the response has no ${name}`);
      return value;
    };
    const { realm, secretOf } = this.#options;
    const user = needed('username');
    this.user = user;
    const authorization = single(directives, 'authzid');
    const cipher = (Object.keys(digestCiphers) as DigestCipher[]).find((each) => each === needed('cipher'));
    if (authorization !== undefined && authorization !== '' && authorization !== user) {
      throw new SaslError('nobody acts for somebody else');
    }
    if (needed('qop') !== 'auth-conf' || cipher === undefined) throw new SaslError('the connection must be encrypted');
    if (needed('nonce') !== this.#nonce || needed('nc') !== '00000001' || needed('realm') !== realm) {
      throw new SaslError('the response is to another challenge');
    }
    const digestUri = needed('digest-uri');
    if (!digestUri.startsWith(service)) throw new SaslError(`the response is for the service ${digestUri}`);
    const exchange: Exchange = {
      secret: secretOf(user),
      nonce: this.#nonce,
      clientNonce: needed('cnonce'),
      nonceCount: '00000001',
      qop: 'auth-conf',
      digestUri,
      ...(authorization === undefined ? {} : { authorization }),
    };
    const expected = Buffer.from(digestResponse(exchange, 'client'));
    const response = Buffer.from(needed('response'));
    if (response.length !== expected.length || !timingSafeEqual(response, expected)) {
      throw new SaslError('the password is wrong');
    }
    const maximum = Number(single(directives, 'maxbuf') ?? maximumBufferBytes);
    if (!Number.isInteger(maximum)) throw new SaslError('the response has a maxbuf that is no number');
    this.layer = new DigestLayer({
      sessionKey: sessionKey(exchange),
      cipher,
      side: 'server',
      peerMaximumBytes: maximum,
    });
    return Buffer.from(`rspauth=${digestResponse(exchange, 'server')}`);
  }
}
