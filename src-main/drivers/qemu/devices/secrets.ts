/**
 * Secrets that storage needs, as QEMU takes them: never in the clear, but encrypted with a key that only this run's
 * QEMU knows.
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import type { AnySource } from '../../../../src-shared/model/domain/storage-source.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from '../passes/errors.ts';
import type { ObjectProperties } from './properties.ts';

/** A secret by the name a definition has for it. */
export interface SecretReference {
  readonly usageType: 'volume' | 'ceph' | 'iscsi' | 'tls';
  readonly uuid?: string;
  readonly usage?: string;
}

/** A secret encrypted with the run's key, both in base64. */
export interface SealedSecret {
  readonly data: string;
  readonly iv: string;
}

export interface SecretHost {
  /** @throws VirError when there is no such secret, or it has no value. */
  readonly sealed: (reference: SecretReference) => SealedSecret;
  /** The same for what the definition itself holds: cookies. */
  readonly sealedText: (text: string) => SealedSecret;
}

const cipher = 'aes-256-cbc';
const ivBytes = 16;

/** Encrypts a secret for a QEMU that was started with `masterKey` (32 bytes). */
export function sealSecret(masterKey: Uint8Array, value: Uint8Array | string, iv = randomBytes(ivBytes)): SealedSecret {
  const encryption = createCipheriv(cipher, masterKey, iv);
  const data = Buffer.concat([encryption.update(value), encryption.final()]);
  return { data: data.toString('base64'), iv: Buffer.from(iv).toString('base64') };
}

export const secretObject = (id: string, { data, iv }: SealedSecret): ObjectProperties => ({
  'qom-type': 'secret',
  id,
  data,
  keyid: 'masterKey0',
  iv,
  format: 'base64',
});

/** What unlocks an encrypted image. */
export function encryptionReference({ encryption }: AnySource): SecretReference | undefined {
  const secret = encryption?.secret[0];
  return secret === undefined ? undefined : reference('volume', secret);
}

/** What a source is asked for when it is opened: a password or key. */
export function authReference({ auth, protocol }: AnySource): SecretReference | undefined {
  if (auth === undefined) return undefined;
  if (auth.secret === undefined) throw unsupported(say`The <auth> of user '${auth.username}' names no <secret>.`);
  return reference(protocol === 'rbd' ? 'ceph' : 'iscsi', auth.secret);
}

const reference = (
  usageType: SecretReference['usageType'],
  { uuid, usage }: { readonly uuid?: string; readonly usage?: string },
): SecretReference => ({
  usageType,
  ...(uuid === undefined ? {} : { uuid }),
  ...(usage === undefined ? {} : { usage }),
});

/** Every secret a domain's storage needs, so that the starter can fetch them before it asks for a command line. */
export function secretReferences({ devices, os }: Domain): SecretReference[] {
  const sources: (AnySource | undefined)[] = [];
  for (const disk of devices?.disk ?? []) {
    const { source, auth, encryption } = disk;
    sources.push({
      host: [],
      seclabel: [],
      ...(source as AnySource | undefined),
      ...(auth === undefined ? {} : { auth }),
      ...(encryption === undefined ? {} : { encryption }),
    });
    for (let store = disk.backingStore; store !== undefined; store = store.backingStore) sources.push(store.source);
  }
  for (const hostdev of devices?.hostdev ?? []) {
    if (hostdev.type === 'scsi' && hostdev.source.auth !== undefined) {
      sources.push({ host: [], seclabel: [], protocol: 'iscsi', auth: hostdev.source.auth });
    }
  }
  sources.push(os?.nvram?.source);
  return sources.flatMap((source) => {
    if (source === undefined) return [];
    return [authReference(source), encryptionReference(source)].filter((item) => item !== undefined);
  });
}
