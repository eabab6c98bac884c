/**
 * The same door for other hosts: TLS with certificates for both sides, as libvirtd's `listen_tls`. Whoever has a
 * certificate of the authority, and a name that is allowed, may do everything that this user may; nobody else gets as far
 * as the protocol. Off unless it is asked for.
 */
import { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { createSecureContext, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { recordEach } from '../tls-records.ts';
import { type Certificates, readCertificates } from './certificates.ts';
import { ServerClient } from './client.ts';
import { type DoorParts, listenOn, mostUnproven, type NetworkDoor, networkDoor, peerOf } from './door.ts';
import type { Proof } from './proof.ts';

export interface TlsListenOptions {
  readonly host: string;
  /** Zero is any that is free. */
  readonly port: number;
  /** The folder with `cacert.pem`, `servercert.pem` and `serverkey.pem`; without it, where libvirt looks for them. */
  readonly pki?: string;
  /** Of the names in certificates only those that one of these patterns fits, as `tls_allowed_dn_list`; all when absent. */
  readonly allowedNames?: readonly string[];
  /** What clients have to prove besides. */
  readonly proof?: Proof;
}

/** A peer that has not shown its certificate by then is none. */
const handshakeTimeoutMs = 10_000;
/** The server's word that it accepts the client's certificate. */
const accepted = Buffer.from([1]);

/** @throws VirError when there are no certificates, or the address can't be listened on. */
export async function serveLibvirtTls(options: TlsListenOptions, parts: DoorParts): Promise<NetworkDoor> {
  const { host, port, allowedNames, proof } = options;
  const { engine, dispatcher, clients } = parts;
  const certificates = await readCertificates(options.pki);
  const links = new Set<Duplex>();
  const secrets = secureSettings(certificates);
  const listener = createServer({ ...secrets, handshakeTimeout: handshakeTimeoutMs }, (socket) => {
    const address = peerOf(socket);
    const certificate = subjectOf(socket);
    const refuse = (reason: string): void => {
      engine.logger.log('warn', `a client was refused: ${reason}`, { from: address, name: certificate });
      socket.destroy();
    };
    if (
      certificate === undefined ||
      (allowedNames !== undefined && !allowedNames.some((each) => fits(certificate, each)))
    ) {
      refuse('its certificate has a name that is not allowed');
      return;
    }
    if (proof !== undefined && clients.unproven('tls') >= mostUnproven) {
      refuse('too many have not proven who they are');
      return;
    }
    // A reply and an event are two records: the second would wait for the first to be acknowledged.
    socket.setNoDelay(true);
    const link = recordEach(socket);
    links.add(link);
    link.on('close', () => links.delete(link));
    link.write(accepted);
    new ServerClient({
      ...{ socket: link, engine, dispatcher },
      name: `libvirt-tls ${address} ${certificate}`,
      entrance: { way: 'tls', address, certificate, clients, ...(proof === undefined ? {} : { proof }) },
    });
  });
  listener.on('tlsClientError', (error, socket) => {
    engine.logger.log('warn', 'a client was refused', { from: socket.remoteAddress, cause: error.message });
  });
  await listenOn(listener, host, port);
  return networkDoor(listener, links);
}

/** @throws VirError when the key is not the certificate's, or one of them is none. */
function secureSettings({ ca, cert, key }: Certificates): TlsOptions {
  const settings = { ca, cert, key, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(settings);
    return settings;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const message = say`The certificates can't be used.`;
    throw new VirError({ code: 'system-error', domain: 'rpc', message, cause }, { cause: error });
  }
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
