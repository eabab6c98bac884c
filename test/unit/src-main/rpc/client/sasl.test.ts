/** Which mechanism is chosen, what the user is asked, and what a server can't talk us into. */
import { beforeEach, describe, expect, it } from 'vitest';
import { VirError } from '../../../../../src-shared/errors.ts';
import { parseConnectUri } from '../../../../../src-shared/uri.ts';
import { readRemoteUri, type RemoteUri } from '../../../../../src-main/rpc/client/remote-uri.ts';
import { proveBySasl, type SaslOptions } from '../../../../../src-main/rpc/client/sasl.ts';
import { digestSecret } from '../../../../../src-main/rpc/sasl/digest-keys.ts';
import { DigestServer } from '../../../../../src-main/rpc/sasl/digest-server.ts';
import { SaslError, type SecurityLayer, type ServerMechanism } from '../../../../../src-main/rpc/sasl/mechanism.ts';

/** A server that offers some mechanisms and checks by `check`. */
class Server {
  readonly started: string[] = [];
  readonly layers: SecurityLayer[] = [];
  inits = 0;
  readonly #mechlist: string;
  readonly #make: () => ServerMechanism;
  #mechanism: ServerMechanism | undefined;

  constructor(mechlist: string, make: () => ServerMechanism) {
    this.#mechlist = mechlist;
    this.#make = make;
  }

  readonly client: SaslOptions['client'] = {
    call: (async (name: string, args: { mech?: string; nil?: number; data?: Uint8Array }) => {
      if (name === 'authSaslInit') {
        this.inits += 1;
        return { mechlist: this.#mechlist };
      }
      if (name === 'authSaslStart') {
        this.started.push(args.mech ?? '');
        this.#mechanism = this.#make();
      }
      try {
        const message = args.nil === 0 ? Buffer.from(args.data ?? []) : undefined;
        const answer = await this.#mechanism?.step(message);
        const { data, isComplete } = answer ?? { data: undefined, isComplete: false };
        return { complete: isComplete ? 1 : 0, nil: data === undefined ? 1 : 0, data: data ?? new Uint8Array() };
      } catch (thrown) {
        if (!(thrown instanceof SaslError)) throw thrown;
        throw new VirError({ code: 'auth-failed', domain: 'rpc', message: 'authentication failed' });
      }
    }) as SaslOptions['client']['call'],
    secure: (layer) => this.layers.push(layer),
  };
}

const lenient = (): ServerMechanism => ({
  user: undefined,
  layer: undefined,
  step: () => ({ data: undefined, isComplete: true }),
});
const digest = (password: string) => () =>
  new DigestServer({ realm: 'there', secretOf: (name) => digestSecret(name, 'there', password) });

function remoteUri(text: string): RemoteUri {
  const uri = parseConnectUri(text);
  if (uri === undefined) throw new TypeError(`'${text}' is no URI`);
  return readRemoteUri(uri);
}

let asked: string[];
let answers: string[];

beforeEach(() => {
  asked = [];
  answers = [];
});

const prove = async (server: Server, uri: string, options: Partial<SaslOptions> = {}): Promise<void> =>
  await proveBySasl({
    client: server.client,
    uri: remoteUri(`${uri}?authfile=/dev/null`),
    wanted: undefined,
    ask: ({ text }, { again }) => {
      asked.push(`${again ? 'again ' : ''}${text}`);
      return Promise.resolve(answers.shift());
    },
    timeoutMs: 1000,
    ...options,
  });

describe('the mechanism', () => {
  it.each([
    ['qemu+tls://h/system', 'PLAIN,DIGEST-MD5,SCRAM-SHA-1,SCRAM-SHA-256', 'SCRAM-SHA-256'],
    ['qemu+tls://h/system', 'GSSAPI SCRAM-SHA-512 SCRAM-SHA-256', 'SCRAM-SHA-512'],
    ['qemu+tls://h/system', 'PLAIN', 'PLAIN'],
    ['qemu+unix:///system', 'PLAIN,CRAM-MD5', 'PLAIN'],
    ['qemu+ssh://h/system', 'digest-md5', 'DIGEST-MD5'],
    ['qemu+tcp://h/system', 'PLAIN,SCRAM-SHA-512,DIGEST-MD5', 'DIGEST-MD5'],
  ])('at %s of %s is %s', async (uri, offered, chosen) => {
    answers = ['me', 'secret', 'me', 'secret', 'me', 'secret'];
    const server = new Server(offered, () => {
      throw new SaslError('it does not matter');
    });
    await expect(prove(server, uri)).rejects.toThrow();
    expect(new Set(server.started)).toEqual(new Set([chosen]));
  });

  it.each([
    ['qemu+tls://h/system', 'GSSAPI', 'It offers GSSAPI (Kerberos).'],
    ['qemu+tls://h/system', '', 'It offers nothing.'],
    ['qemu+tcp://h/system', 'GSSAPI,SCRAM-SHA-256', 'none of that encrypts'],
    ['qemu+tcp://h/system', 'PLAIN', 'none of that encrypts'],
    ['qemu+tcp://h/system', 'GSSAPI', 'It offers GSSAPI (Kerberos).'],
  ])('is none at %s of %j', async (uri, offered, cause) => {
    const server = new Server(offered, lenient);
    await expect(prove(server, uri)).rejects.toMatchObject({
      data: { code: 'auth-failed', cause: expect.stringContaining(cause) },
    });
    expect([server.started, asked]).toEqual([[], []]);
  });

  it('is the one that was asked for, or none', async () => {
    answers = ['me', 'secret'];
    const server = new Server('PLAIN,SCRAM-SHA-256', lenient);
    await prove(server, 'qemu+tls://h/system', { wanted: 'plain' });
    expect(server.started).toEqual(['PLAIN']);
    await expect(prove(server, 'qemu+tls://h/system', { wanted: 'gssapi' })).rejects.toThrow();
  });
});

describe('the user', () => {
  it('is asked for both, and what follows is protected', async () => {
    answers = ['me', 'secret'];
    const server = new Server('DIGEST-MD5', digest('secret'));
    await prove(server, 'qemu+tcp://h/system');
    expect(asked).toEqual(['User name for h:', "Password of 'me' for h:"]);
    expect(server.layers).toHaveLength(1);
  });

  it('is asked for a password alone where the URI has the name', async () => {
    answers = ['secret'];
    await prove(new Server('DIGEST-MD5', digest('secret')), 'qemu+tcp://me@h/system');
    expect(asked).toEqual(["Password of 'me' for h:"]);
  });

  it('is asked again when it was wrong, three times in all', async () => {
    answers = ['wrong', 'wrong', 'secret'];
    await prove(new Server('DIGEST-MD5', digest('secret')), 'qemu+tcp://me@h/system');
    const question = "Password of 'me' for h:";
    expect(asked).toEqual([question, `again ${question}`, `again ${question}`]);
    answers = ['wrong', 'wrong', 'wrong', 'secret'];
    const server = new Server('DIGEST-MD5', digest('secret'));
    await expect(prove(server, 'qemu+tcp://me@h/system')).rejects.toMatchObject({
      data: { code: 'auth-failed', cause: "The server refuses the password of 'me'." },
    });
    expect([server.inits, server.layers]).toEqual([3, []]);
  });

  it('who declines, or is not there, is told what would help', async () => {
    const server = new Server('DIGEST-MD5', digest('secret'));
    for (const ask of [undefined, () => Promise.resolve(undefined)]) {
      await expect(prove(server, 'qemu+tcp://h/system', { ask })).rejects.toMatchObject({
        data: { cause: 'Nobody has given one.', fix: expect.stringContaining('auth.conf') },
      });
    }
  });
});

describe('a server', () => {
  it('that says all is proven without proving itself is left', async () => {
    answers = ['me', 'secret'];
    const server = new Server('SCRAM-SHA-256', lenient);
    await expect(prove(server, 'qemu+tls://h/system')).rejects.toThrow("'h' does not let you in");
    // The password is not tried again on such a server.
    expect(server.inits).toBe(1);
  });

  it('that never comes to an end is left', async () => {
    answers = ['me', 'secret'];
    const endless = new Server('PLAIN', () => ({ ...lenient(), step: () => ({ data: undefined, isComplete: false }) }));
    await expect(prove(endless, 'qemu+tls://h/system')).rejects.toMatchObject({
      data: { cause: expect.stringContaining('never comes to an end') },
    });
  });
});
