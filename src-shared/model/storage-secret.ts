/** Credentials and encryption of storage: the same elements on a domain's disks, on pools and on volumes. */
import { attr, child, children, element, type ModelOf } from '../xml/schema.ts';
import { oneOf, string, unsigned, uuid } from '../xml/values.ts';

/** A secret, named by UUID or by what it is used for. */
const secretReference = {
  uuid: attr(uuid).optional(),
  usage: attr(string).optional(),
};

export const storageAuthSchema = element('auth', {
  type: attr(oneOf('chap', 'ceph')).optional(),
  username: attr(string),
  secret: child(element('secret', { type: attr(string).optional(), ...secretReference })).optional(),
});
export type StorageAuth = ModelOf<typeof storageAuthSchema>;

export const encryptionSchema = element('encryption', {
  format: attr(oneOf('default', 'qcow', 'luks', 'luks2', 'luks-any')),
  engine: attr(oneOf('qemu', 'librbd')).optional(),
  secret: children(element('secret', { type: attr(oneOf('passphrase')), ...secretReference })),
  cipher: child(
    element('cipher', {
      name: attr(string),
      size: attr(unsigned),
      mode: attr(string).optional(),
      hash: attr(string).optional(),
    }),
  ).optional(),
  ivgen: child(element('ivgen', { name: attr(string), hash: attr(string).optional() })).optional(),
});
export type Encryption = ModelOf<typeof encryptionSchema>;
