/** Proves to a server who the user is, by a name and a password that the user keeps or is asked for. */
import { VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import { DigestClient } from '../sasl/digest-client.ts';
import { type ClientMechanism, type Credentials, type Message, SaslError } from '../sasl/mechanism.ts';
import { PlainClient } from '../sasl/plain-client.ts';
import { ScramClient } from '../sasl/scram-client.ts';
import { readAuthConf } from './auth-conf.ts';
import type { RemoteUri } from './remote-uri.ts';
import type { RpcClient } from './rpc-client.ts';

/** Puts a question to the user; undefined when nobody answers. `again`: what was answered before is wrong. */
export type AskUser = (
  question: { readonly text: string; readonly kind: 'text' | 'secret' },
  options: { readonly again: boolean },
) => Promise<string | undefined>;

export interface SaslOptions {
  readonly client: Pick<RpcClient, 'call' | 'secure'>;
  readonly uri: RemoteUri;
  /** The only mechanism to use, when the user has said so. */
  readonly wanted: string | undefined;
  readonly ask: AskUser | undefined;
  /** For each call. */
  readonly timeoutMs: number;
}

interface Choice {
  readonly name: string;
  /** Fit for a connection that anybody may read. */
  readonly encrypts: boolean;
  make(credentials: Credentials, options: SaslOptions, realm: string | undefined): ClientMechanism;
}

/** The best first. On a connection that nothing protects, only what encrypts it will do. */
const choices: readonly Choice[] = [
  ...(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1'] as const).map((name) => ({
    name,
    encrypts: false,
    make: (credentials: Credentials) => new ScramClient(name, credentials),
  })),
  {
    name: 'DIGEST-MD5',
    encrypts: true,
    make: (credentials, { uri }, realm) =>
      new DigestClient({
        credentials,
        host: uri.host ?? 'localhost',
        encrypt: !isProtected(uri),
        ...(realm === undefined ? {} : { realm }),
      }),
  },
  { name: 'PLAIN', encrypts: false, make: (credentials) => new PlainClient(credentials) },
];

const isProtected = ({ transport }: RemoteUri): boolean => transport !== 'tcp';

/** As often as a password is asked for. */
const mostTries = 3;
/** More steps than any mechanism has. */
const mostSteps = 8;

/** @throws VirError `auth-failed` when it can't be proven, with what the server would accept. */
export async function proveBySasl(options: SaslOptions): Promise<void> {
  const { client, uri, timeoutMs } = options;
  const kept = await readAuthConf(uri.host, { file: uri.parameters['authfile'] });
  for (let tries = 1; ; tries += 1) {
    const { mechlist } = await client.call('authSaslInit', {}, { timeoutMs });
    const choice = choose(mechlist, options);
    const credentials = await gather(options, tries === 1 ? kept : {}, tries > 1);
    try {
      await converse(choice.make(credentials, options, kept.realm), options);
      return;
    } catch (thrown) {
      const error = thrown instanceof SaslError ? notProven(uri, say`${thrown.message}.`) : thrown;
      if (thrown instanceof SaslError || !isRefusal(error)) throw error;
      if (tries >= mostTries || options.ask === undefined) {
        throw notProven(uri, say`The server refuses the password of '${credentials.name}'.`);
      }
    }
  }
}

const isRefusal = (error: unknown): boolean => error instanceof VirError && error.code === 'auth-failed';

function choose(mechlist: string, { uri, wanted }: SaslOptions): Choice {
  const offered = mechlist.split(/[\s,]+/).filter((name) => name !== '');
  const names = (wanted === undefined ? offered : offered.filter((name) => name === wanted.toUpperCase())).map((name) =>
    name.toUpperCase(),
  );
  const choice = choices.find(({ name, encrypts }) => names.includes(name) && (encrypts || isProtected(uri)));
  if (choice !== undefined) return choice;
  const list = offered
    .map((name) => (name === 'GSSAPI' || name === 'GSS-SPNEGO' ? `${name} (Kerberos)` : name))
    .join(', ');
  const unencrypted = !isProtected(uri) && choices.some(({ name }) => names.includes(name));
  throw new VirError({
    code: 'auth-failed',
    domain: 'auth',
    message: say`'${uri.where}' wants a proof of who you are that Vivarium can't give.`,
    cause: unencrypted
      ? say`It offers ${list}: none of that encrypts the connection, and TCP does not either.`
      : offeredOnly(list, wanted),
    fix: unencrypted
      ? say`Connect over TLS or SSH.`
      : say`Connect over SSH, or let the server accept ${isProtected(uri) ? 'SCRAM-SHA-256' : 'DIGEST-MD5'}.`,
  });
}

function offeredOnly(list: string, wanted: string | undefined): Sentence {
  if (list === '') return say`It offers nothing.`;
  return wanted === undefined ? say`It offers ${list}.` : say`It offers ${list}; ${wanted} was asked for.`;
}

async function gather(
  { uri, ask }: SaslOptions,
  kept: { name?: string; password?: string },
  again: boolean,
): Promise<Credentials> {
  const { where } = uri;
  const answer = async (text: string, kind: 'text' | 'secret'): Promise<string> => {
    const said = await ask?.({ text, kind }, { again });
    if (said !== undefined) return said;
    throw new VirError({
      code: 'auth-failed',
      domain: 'auth',
      message: say`'${where}' wants a name and a password.`,
      cause: say`Nobody has given one.`,
      fix: say`Open the connection in the window or at a terminal, or keep them in ~/.config/libvirt/auth.conf.`,
    });
  };
  const name = kept.name ?? uri.user ?? (await answer(`User name for ${where}:`, 'text'));
  const password = kept.password ?? (await answer(`Password of '${name}' for ${where}:`, 'secret'));
  return { name, password };
}

/** @throws SaslError when the server can't prove itself, VirError when it refuses. */
async function converse(mechanism: ClientMechanism, { client, uri, timeoutMs }: SaslOptions): Promise<void> {
  const first = mechanism.start();
  let reply = await client.call('authSaslStart', { mech: mechanism.name, ...said(first) }, { timeoutMs });
  for (let steps = 0; !(reply.complete !== 0 && mechanism.isComplete); steps += 1) {
    if (steps >= mostSteps) throw new SaslError('the server never comes to an end');
    const answer = await mechanism.step(reply.nil === 0 ? Buffer.from(reply.data) : undefined);
    if (reply.complete !== 0) {
      if (mechanism.isComplete) break;
      throw new SaslError('the server says that all is proven, and has not proven itself');
    }
    reply = await client.call('authSaslStep', said(answer), { timeoutMs });
  }
  const { layer } = mechanism;
  if (layer !== undefined) client.secure(layer);
  else if (!isProtected(uri)) throw new SaslError('nothing would protect the connection');
}

const said = (message: Message): { nil: number; data: Uint8Array } => ({
  nil: message === undefined ? 1 : 0,
  data: message ?? new Uint8Array(),
});

function notProven({ where }: RemoteUri, cause: Sentence): VirError {
  return new VirError({ code: 'auth-failed', domain: 'auth', message: say`'${where}' does not let you in.`, cause });
}
