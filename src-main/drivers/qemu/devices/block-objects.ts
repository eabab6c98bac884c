/** The objects an image's nodes refer to: secrets, certificates, helpers for SCSI reservations. */
import { unsupported } from '../passes/errors.ts';
import { type Image, type ImageObjects, storageNodeOf } from './block-image.ts';
import { authReference, encryptionReference, type SealedSecret, secretObject } from './secrets.ts';
import type { BlockHost } from './block-host.ts';
import type { ObjectProperties } from './properties.ts';
import { say } from '../../../../src-shared/words.ts';

export function imageObjects(image: Image, names: ImageObjects, host: BlockHost): ObjectProperties[] {
  const { source } = image;
  const objects: ObjectProperties[] = [];
  const { reservations } = source;
  if (names.reservations !== undefined && reservations?.managed !== true) {
    const path = reservations?.source?.path;
    if (path === undefined) throw unsupported(say`Unmanaged <reservations> need the <source> of a helper.`);
    objects.push({ 'qom-type': 'pr-manager-helper', id: names.reservations, path });
  }
  const auth = authReference(source);
  if (names.auth !== undefined && auth !== undefined) {
    objects.push(secretObject(names.auth, needSecrets(host).sealed(auth)));
  }
  const encryption = encryptionReference(source);
  if (names.encryption !== undefined && encryption !== undefined) {
    objects.push(secretObject(names.encryption, needSecrets(host).sealed(encryption)));
  }
  if (names.cookie !== undefined) objects.push(secretObject(names.cookie, cookies(image, host)));
  if (names.tls !== undefined) objects.push(...certificates(image, names.tls, host));
  return objects;
}

function needSecrets(host: BlockHost): NonNullable<BlockHost['secrets']> {
  if (host.secrets === undefined) throw unsupported(say`Storage that needs a <secret> is not supported here.`);
  return host.secrets;
}

function cookies({ source }: Image, host: BlockHost): SealedSecret {
  const text = (source.cookies?.cookie ?? []).map(({ name, value }) => `${name}=${value}`).join('; ');
  return needSecrets(host).sealedText(text);
}

function certificates(image: Image, id: string, host: BlockHost): ObjectProperties[] {
  const tls = image.source.protocol === 'nbd' ? host.nbdTls : undefined;
  if (tls === undefined) {
    throw unsupported(
      say`Encrypted transport (tls='yes') to storage over '${image.source.protocol}' is not set up here.`,
    );
  }
  const secretId = `obj${storageNodeOf(image)}_tls0-secret0`;
  const secret =
    tls.secret === undefined
      ? []
      : [secretObject(secretId, needSecrets(host).sealed({ usageType: 'tls', uuid: tls.secret.uuid }))];
  const credentials: ObjectProperties = {
    'qom-type': 'tls-creds-x509',
    id,
    dir: tls.folder,
    endpoint: 'client',
    'verify-peer': true,
    passwordid: secret.length === 0 ? undefined : secretId,
  };
  return [...secret, credentials];
}
