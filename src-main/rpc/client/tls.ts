/** TLS with certificates for both sides, where libvirt looks for them. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { recordEach } from '../tls-records.ts';
import { linkError } from './errors.ts';
import type { RemoteUri } from './remote-uri.ts';
import { say } from '../../../src-shared/words.ts';

const defaultPort = 16514;
/** The server's word that it accepts the client's certificate. */
const accepted = 1;

interface Certificates {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

interface CertificatePaths {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

function certificatePaths(folder: string | undefined): readonly CertificatePaths[] {
  if (folder !== undefined) return [flat(folder)];
  return [
    flat(join(homedir(), '.pki', 'libvirt')),
    {
      ca: '/etc/pki/CA/cacert.pem',
      cert: '/etc/pki/libvirt/clientcert.pem',
      key: '/etc/pki/libvirt/private/clientkey.pem',
    },
  ];
}

function flat(folder: string): CertificatePaths {
  return { ca: join(folder, 'cacert.pem'), cert: join(folder, 'clientcert.pem'), key: join(folder, 'clientkey.pem') };
}

async function readCertificates(folder: string | undefined): Promise<Certificates> {
  let failure: unknown;
  for (const paths of certificatePaths(folder)) {
    try {
      const [ca, cert, key] = await Promise.all([readFile(paths.ca), readFile(paths.cert), readFile(paths.key)]);
      return { ca, cert, key };
    } catch (thrown) {
      failure = thrown;
    }
  }
  const cause = failure instanceof Error ? `${failure.message}.` : undefined;
  throw linkError(
    say`There are no certificates for TLS.`,
    cause,
    say`Name their folder with pkipath=, or connect over SSH.`,
  );
}

export async function connectTls(uri: RemoteUri, signal: AbortSignal): Promise<Duplex> {
  const host = uri.host ?? '';
  const certificates = await readCertificates(uri.parameters['pkipath']);
  const socket = connect({
    ...certificates,
    host,
    servername: host,
    port: uri.port ?? defaultPort,
    rejectUnauthorized: uri.parameters['no_verify'] !== '1',
  });
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  return await new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(linkError(say`'${host}' can't be reached over TLS.`, say`${error.message}.`));
    const refuse = (): void => reject(linkError(say`'${host}' does not accept this host's certificate.`));
    socket.once('error', fail);
    socket.once('close', refuse);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      if (first[0] !== accepted) {
        socket.destroy();
        return;
      }
      socket.off('error', fail);
      socket.off('close', refuse);
      if (first.length > 1) socket.unshift(first.subarray(1));
      resolve(recordEach(socket));
    });
  });
}
