/** Certificates for TLS where nobody has made any: an authority of this host's own, and what it signs for both sides. */
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { privateFolder, syncFolder } from '../../host/files.ts';
import { run } from '../../host/process.ts';
import { clientFolderName } from './certificates.ts';

const authorityDays = 3650;
/** What programs still take; they are made anew with one click. */
const certificateDays = 825;
const stepTimeoutMs = 30_000;
const namePattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/**
 * Makes what is missing in `folder`, and the server's and the clients' certificates anew; the authority that is there
 * stays, and with it the trust of whoever has its certificate.
 * @param names by which clients reach this host: host names and addresses.
 * @throws VirError when a name is none, or openssl is not there.
 */
export async function makeCertificates(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (isIP(name) === 0 && (!namePattern.test(name) || name.length > 253)) {
      throw new VirError({
        code: 'invalid-arg',
        domain: 'rpc',
        message: say`'${name}' is not the name or the address of a host.`,
      });
    }
  }
  const client = join(folder, clientFolderName);
  await privateFolder(folder);
  await privateFolder(client);
  const work = await mkdtemp(join(folder, '.new-'));
  try {
    const keep = (from: string, to: string): void => renameSync(join(work, from), to);
    const authority = { key: join(folder, 'cakey.pem'), certificate: join(folder, 'cacert.pem') };
    if (!existsSync(authority.key) || !existsSync(authority.certificate)) {
      await makeAuthority(work);
      keep('cakey.pem', authority.key);
      keep('cacert.pem', authority.certificate);
    }
    const alternatives = names.map((name) => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`).join(',');
    const first = names[0] ?? hostname();
    await makeSigned(work, authority, { name: 'server', commonName: first, usage: 'serverAuth', alternatives });
    await makeSigned(work, authority, { name: 'client', commonName: `client of ${first}`, usage: 'clientAuth' });
    await run(['cp', authority.certificate, join(work, 'cacert.pem')], { timeoutMs: stepTimeoutMs });
    keep('serverkey.pem', join(folder, 'serverkey.pem'));
    keep('servercert.pem', join(folder, 'servercert.pem'));
    keep('clientkey.pem', join(client, 'clientkey.pem'));
    keep('clientcert.pem', join(client, 'clientcert.pem'));
    keep('cacert.pem', join(client, 'cacert.pem'));
    await syncFolder(client);
    await syncFolder(folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function openssl(cwd: string, ...words: readonly string[]): Promise<void> {
  try {
    await run(['openssl', ...words], { cwd, timeoutMs: stepTimeoutMs });
  } catch (thrown) {
    throw new VirError(
      {
        code: 'operation-failed',
        domain: 'rpc',
        message: say`The certificates could not be made.`,
        cause: thrown instanceof Error ? thrown.message : String(thrown),
        fix: say`They are made by openssl: install its package.`,
      },
      { cause: thrown },
    );
  }
}

const makeKey = async (cwd: string, file: string): Promise<void> =>
  await openssl(cwd, 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-out', file);

/** What the certificate may be used for, as openssl reads it. */
async function writeExtensions(cwd: string, file: string, lines: readonly string[]): Promise<void> {
  const text = ['[req]', 'distinguished_name = name', 'prompt = no', '[name]', 'CN = _', '[extensions]', ...lines];
  await writeFile(join(cwd, file), `${text.join('\n')}\n`);
}

async function makeAuthority(cwd: string): Promise<void> {
  await makeKey(cwd, 'cakey.pem');
  await writeExtensions(cwd, 'ca.cnf', [
    'basicConstraints = critical,CA:TRUE,pathlen:0',
    'keyUsage = critical,keyCertSign,cRLSign',
    'subjectKeyIdentifier = hash',
  ]);
  const subject = `/O=Vivarium/CN=Vivarium on ${hostname()}`;
  const words = [
    '-config',
    'ca.cnf',
    '-extensions',
    'extensions',
    '-key',
    'cakey.pem',
    '-out',
    'cacert.pem',
    '-days',
    String(authorityDays),
    '-sha256',
  ];
  await openssl(cwd, ...['req', '-x509', '-new', ...words, '-subj', subject]);
}

interface Signed {
  readonly name: 'server' | 'client';
  readonly commonName: string;
  readonly usage: 'serverAuth' | 'clientAuth';
  readonly alternatives?: string;
}

async function makeSigned(
  cwd: string,
  authority: { readonly key: string; readonly certificate: string },
  { name, commonName, usage, alternatives }: Signed,
): Promise<void> {
  await makeKey(cwd, `${name}key.pem`);
  await writeExtensions(cwd, `${name}.cnf`, [
    'basicConstraints = critical,CA:FALSE',
    // libvirt's clients want the latter of both sides.
    'keyUsage = critical,digitalSignature,keyEncipherment',
    `extendedKeyUsage = ${usage}`,
    ...(alternatives === undefined ? [] : [`subjectAltName = ${alternatives}`]),
  ]);
  // A common name has at most 64 characters.
  const subject = `/O=Vivarium/CN=${commonName.slice(0, 64)}`;
  await openssl(cwd, ...['req', '-new', '-key', `${name}key.pem`, '-out', `${name}.csr`, '-subj', subject]);
  await openssl(
    cwd,
    ...['x509', '-req', '-in', `${name}.csr`, '-out', `${name}cert.pem`, '-days', String(certificateDays), '-sha256'],
    ...['-CA', authority.certificate, '-CAkey', authority.key, '-set_serial', `0x${randomSerial()}`],
    ...['-extfile', `${name}.cnf`, '-extensions', 'extensions'],
  );
}

/** RFC 5280: positive, at most 20 bytes, and nobody can tell the next one. */
function randomSerial(): string {
  return `01${randomBytes(15).toString('hex')}`;
}
