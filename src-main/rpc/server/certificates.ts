/** The certificates the server shows and checks clients by: where they are, and whether they will do. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFile, CertificateState } from '../../../src-shared/contract/libvirt-clients.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';

export interface Certificates {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

interface Place {
  readonly folder: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** In which folder, beside the server's, what another host needs lies ready to be copied. */
export const clientFolderName = 'client';

/** A user's own certificates, of libvirt's clients too. */
const userPki = (): string => join(homedir(), '.pki', 'libvirt');

const flat = (folder: string): Place => ({
  folder,
  ca: join(folder, 'cacert.pem'),
  cert: join(folder, 'servercert.pem'),
  key: join(folder, 'serverkey.pem'),
});

const systemPlace: Place = {
  folder: '/etc/pki',
  ca: '/etc/pki/CA/cacert.pem',
  cert: '/etc/pki/libvirt/servercert.pem',
  key: '/etc/pki/libvirt/private/serverkey.pem',
};

const placesOf = (pki: string | undefined): readonly Place[] =>
  pki === undefined || pki === '' ? [flat(userPki()), systemPlace] : [flat(pki)];

/** @throws VirError when they are in none of the places. */
export async function readCertificates(pki: string | undefined): Promise<Certificates> {
  let failure: unknown;
  for (const place of placesOf(pki)) {
    try {
      const [ca, cert, key] = await Promise.all([readFile(place.ca), readFile(place.cert), readFile(place.key)]);
      return { ca, cert, key };
    } catch (thrown) {
      failure = thrown;
    }
  }
  throw new VirError(
    {
      code: 'system-error',
      domain: 'rpc',
      message: say`There are no certificates to listen with.`,
      cause: failure instanceof Error ? failure.message : String(failure),
      fix: say`Make them in the preferences of the window, or make cacert.pem, servercert.pem and serverkey.pem yourself and name their folder.`,
    },
    { cause: failure },
  );
}

/** Of the first place that has any of them; of the first place when none has. */
export async function certificateState(pki: string | undefined, now = Date.now()): Promise<CertificateState> {
  const states = await Promise.all(placesOf(pki).map(async (place) => await stateOf(place, now)));
  const [first] = states;
  const found = states.find(({ files }) => files.every(({ exists }) => exists)) ?? first;
  if (found === undefined) throw new TypeError('there is no place for certificates');
  return found;
}

async function stateOf({ folder, ca, cert, key }: Place, now: number): Promise<CertificateState> {
  const authority = await readCertificate('authority', ca, now);
  const server = await readCertificate('server', cert, now);
  const { x509: signer } = authority;
  const { x509: own } = server;
  if (signer !== undefined && own !== undefined && !(own.checkIssued(signer) && own.verify(signer.publicKey))) {
    server.file = { ...server.file, problem: 'not-of-authority' };
  }
  const files = [authority.file, server.file, await readKey(key, own)];
  const isUsable = files.every(({ exists, problem }) => exists && problem === undefined);
  const clientFolder = join(folder, clientFolderName);
  const forClients = existsSync(join(clientFolder, 'clientcert.pem')) ? { clientFolder } : {};
  return { folder, files, isUsable, ...forClients };
}

interface ReadCertificate {
  file: CertificateFile;
  readonly x509?: X509Certificate;
}

async function readCertificate(role: 'authority' | 'server', path: string, now: number): Promise<ReadCertificate> {
  const found = await readPart(path);
  if (typeof found === 'string') return { file: { role, path, exists: found !== 'missing', ...problemOf(found) } };
  try {
    const x509 = new X509Certificate(found);
    const untilMs = Date.parse(x509.validTo);
    const file: CertificateFile = {
      ...{ role, path, exists: true, untilMs },
      subject: nameIn(x509.subject),
      issuer: nameIn(x509.issuer),
      ...(now > untilMs ? { problem: 'expired' } : {}),
      ...(now < Date.parse(x509.validFrom) ? { problem: 'not-yet' } : {}),
    };
    return { file, x509 };
  } catch {
    return { file: { role, path, exists: true, problem: 'unreadable' } };
  }
}

async function readKey(path: string, own: X509Certificate | undefined): Promise<CertificateFile> {
  const role = 'server-key';
  const found = await readPart(path);
  if (typeof found === 'string') return { role, path, exists: found !== 'missing', ...problemOf(found) };
  try {
    const isOwn = own === undefined || own.checkPrivateKey(createPrivateKey(found));
    return { role, path, exists: true, ...(isOwn ? {} : { problem: 'not-of-certificate' }) };
  } catch {
    return { role, path, exists: true, problem: 'unreadable' };
  }
}

async function readPart(path: string): Promise<Buffer | 'missing' | 'forbidden'> {
  try {
    return await readFile(path);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'forbidden';
  }
}

const problemOf = (found: 'missing' | 'forbidden'): { readonly problem?: 'forbidden' } =>
  found === 'forbidden' ? { problem: 'forbidden' } : {};

/** `CN=me` of a name that has more, the whole of one that has no common name. */
const nameIn = (name: string): string => /^CN=(.*)$/m.exec(name)?.[1] ?? name.trim().split('\n').join(',');
