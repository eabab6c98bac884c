/**
 * The same door for other hosts: TLS with certificates for both sides, as libvirtd's `listen_tls`. Whoever has a
 * certificate of the authority, and a name that is allowed, may do everything that this user may; nobody else gets as far
 * as the protocol. Off unless it is asked for.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import { VirError } from '../../../src-shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { recordEach } from '../tls-records.ts';
import { ServerClient } from './client.ts';
import { Dispatcher } from './dispatch.ts';
import { handlers } from './handlers/index.ts';

export interface TlsListenOptions {
  readonly host: string;
  /** Zero is any that is free. */
  readonly port: number;
  /** The folder with `cacert.pem`, `servercert.pem` and `serverkey.pem`; without it, where libvirt looks for them. */
  readonly pki?: string;
  /** Of the names in certificates only those that one of these patterns fits, as `tls_allowed_dn_list`; all when absent. */
  readonly allowedNames?: readonly string[];
}

export interface TlsServer {
  readonly port: number;
  readonly clients: number;
  close(): Promise<void>;
}

const mostClients = 200;
/** A peer that has not shown its certificate by then is none. */
const handshakeTimeoutMs = 10_000;
/** The server's word that it accepts the client's certificate. */
const accepted = Buffer.from([1]);

/** @throws VirError when there are no certificates, or the address can't be listened on. */
export async function serveLibvirtTls(options: TlsListenOptions, engine: Engine): Promise<TlsServer> {
  const { host, port, allowedNames } = options;
  const certificates = await readCertificates(options.pki);
  const dispatcher = new Dispatcher(handlers);
  const links = new Set<Duplex>();
  let serial = 0;
  const listener = createServer(
    {
      ...certificates,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeTimeoutMs,
      minVersion: 'TLSv1.2',
    },
    (socket) => {
      const name = subjectOf(socket);
      if (name === undefined || (allowedNames !== undefined && !allowedNames.some((each) => fits(name, each)))) {
        engine.logger.log('warn', 'a client was refused: its certificate has a name that is not allowed', { name });
        socket.destroy();
        return;
      }
      // A reply and an event are two records: the second would wait for the first to be acknowledged.
      socket.setNoDelay(true);
      const link = recordEach(socket);
      links.add(link);
      link.on('close', () => links.delete(link));
      serial += 1;
      link.write(accepted);
      new ServerClient({ socket: link, engine, dispatcher, name: `libvirt-tls-${serial} ${name}` });
    },
  );
  listener.maxConnections = mostClients;
  listener.on('tlsClientError', (error, socket) => {
    engine.logger.log('warn', 'a client was refused', { from: socket.remoteAddress, cause: error.message });
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => {
      const message = `Clients can't be listened for on ${host}, port ${port}.`;
      reject(new VirError({ code: 'system-error', domain: 'rpc', message, cause: error.message }, { cause: error }));
    };
    listener.once('error', fail);
    listener.listen(port, host, () => {
      listener.off('error', fail);
      resolve();
    });
  });
  return {
    port: (listener.address() as AddressInfo).port,
    get clients() {
      return links.size;
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        listener.close(() => resolve());
      });
      for (const link of links) link.destroy();
      await closed;
    },
  };
}

interface Certificates {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

async function readCertificates(pki: string | undefined): Promise<Certificates> {
  const flat = (folder: string): readonly string[] =>
    ['cacert.pem', 'servercert.pem', 'serverkey.pem'].map((name) => join(folder, name));
  const places =
    pki === undefined
      ? [
          flat(join(homedir(), '.pki', 'libvirt')),
          ['/etc/pki/CA/cacert.pem', '/etc/pki/libvirt/servercert.pem', '/etc/pki/libvirt/private/serverkey.pem'],
        ]
      : [flat(pki)];
  let failure: unknown;
  for (const paths of places) {
    try {
      const [ca, cert, key] = await Promise.all(paths.map((path) => readFile(path)));
      if (ca !== undefined && cert !== undefined && key !== undefined) return { ca, cert, key };
    } catch (thrown) {
      failure = thrown;
    }
  }
  throw new VirError(
    {
      code: 'system-error',
      domain: 'rpc',
      message: 'There are no certificates to listen with.',
      cause: failure instanceof Error ? failure.message : String(failure),
      fix: 'Make cacert.pem, servercert.pem and serverkey.pem, and name their folder with --pki.',
    },
    { cause: failure },
  );
}

/** The name in the client's certificate in the order it is written there: `C=GB,O=Vivarium,CN=me`. */
function subjectOf(socket: TLSSocket): string | undefined {
  const { raw } = socket.getPeerCertificate();
  // Node's types promise one; without a certificate there is an empty object.
  return (raw as Buffer | undefined) === undefined
    ? undefined
    : new X509Certificate(raw).subject.trim().split('\n').join(',');
}

/** As libvirt compares names: `*` is any text, `?` any character. */
function fits(name: string, pattern: string): boolean {
  const expression = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(name);
}
