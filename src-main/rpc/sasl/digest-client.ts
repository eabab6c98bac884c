/** DIGEST-MD5 (RFC 2831): old, but the one mechanism with a password that also encrypts what follows. */
import { randomBytes } from 'node:crypto';
import { type Exchange, digestResponse, digestSecret, type Qop, sessionKey } from './digest-keys.ts';
import { digestCiphers, type DigestCipher, DigestLayer, maximumBufferBytes } from './digest-layer.ts';
import { listIn, quoted, readDirectives, single } from './digest-text.ts';
import { type ClientMechanism, type Credentials, type Message, SaslError, type SecurityLayer } from './mechanism.ts';

export interface DigestClientOptions {
  readonly credentials: Credentials;
  /** The server as this side calls it. */
  readonly host: string;
  /** The connection must be encrypted: nothing else protects it. */
  readonly encrypt: boolean;
  /** Which of several realms; the server's first unless told. */
  readonly realm?: string;
}

const nonceCount = '00000001';

export class DigestClient implements ClientMechanism {
  readonly name = 'DIGEST-MD5';
  isComplete = false;
  readonly #options: DigestClientOptions;
  #expected: string | undefined;
  #agreed: SecurityLayer | undefined;

  constructor(options: DigestClientOptions) {
    this.#options = options;
  }

  get layer(): SecurityLayer | undefined {
    return this.isComplete ? this.#agreed : undefined;
  }

  start(): undefined {
    return undefined;
  }

  step(challenge: Message): Message {
    const directives = readDirectives(challenge?.toString() ?? '');
    if (this.#expected === undefined) return this.#respond(directives);
    if (single(directives, 'rspauth') !== this.#expected) {
      throw new SaslError('the server does not know the password either: it is not the one it says it is');
    }
    this.isComplete = true;
    return undefined;
  }

  #respond(directives: ReadonlyMap<string, readonly string[]>): Buffer {
    const { credentials, host, encrypt } = this.#options;
    const nonce = single(directives, 'nonce');
    if (nonce === undefined || nonce === '' || single(directives, 'algorithm') !== 'md5-sess') {
      throw new SaslError('the challenge of the server is malformed');
    }
    const realms = directives.get('realm') ?? [];
    const realm = this.#options.realm ?? realms[0] ?? host;
    const offered = listIn(single(directives, 'qop') ?? 'auth');
    const qop: Qop = encrypt ? 'auth-conf' : 'auth';
    const ciphers = listIn(single(directives, 'cipher'));
    const cipher = (Object.keys(digestCiphers) as DigestCipher[]).find((each) => ciphers.includes(each));
    if (!offered.includes(qop) || (encrypt && cipher === undefined)) {
      throw new SaslError(
        encrypt
          ? `the server encrypts by ${ciphers.length === 0 ? 'nothing' : ciphers.join(', ')} only`
          : `the server wants ${offered.join(', ')}`,
      );
    }
    const exchange: Exchange = {
      secret: digestSecret(credentials.name, realm, credentials.password),
      nonce,
      clientNonce: randomBytes(24).toString('base64'),
      nonceCount,
      qop,
      digestUri: `libvirt/${host}`,
    };
    if (encrypt) {
      this.#agreed = new DigestLayer({
        sessionKey: sessionKey(exchange),
        cipher,
        side: 'client',
        peerMaximumBytes: Number(single(directives, 'maxbuf') ?? maximumBufferBytes),
      });
    }
    this.#expected = digestResponse(exchange, 'server');
    const answers = [
      ...(single(directives, 'charset') === 'utf-8' ? ['charset=utf-8'] : []),
      `username=${quoted(credentials.name)}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `cnonce=${quoted(exchange.clientNonce)}`,
      `nc=${nonceCount}`,
      `qop=${qop}`,
      ...(encrypt ? [`cipher=${cipher}`, `maxbuf=${maximumBufferBytes}`] : []),
      `digest-uri=${quoted(exchange.digestUri)}`,
      `response=${digestResponse(exchange, 'client')}`,
    ];
    return Buffer.from(answers.join(','));
  }
}
