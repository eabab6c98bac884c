import { attr, child, element, flag, type ModelOf, union } from '../../xml/schema.ts';
import { oneOf, string, unsigned, uuid, yesNo } from '../../xml/values.ts';
import { deviceInfo } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

const backend = union('backend', 'type', {
  passthrough: { device: child(element('device', { path: attr(string) })).optional() },
  emulator: {
    version: attr(oneOf('1.2', '2.0')).optional(),
    persistent_state: attr(yesNo).optional(),
    debug: attr(unsigned).optional(),
    encryption: child(element('encryption', { secret: attr(uuid) })).optional(),
    active_pcr_banks: child(
      element('active_pcr_banks', {
        sha1: flag('sha1'),
        sha256: flag('sha256'),
        sha384: flag('sha384'),
        sha512: flag('sha512'),
      }),
    ).optional(),
    source: child(element('source', { type: attr(oneOf('file', 'dir')), path: attr(string) })).optional(),
    profile: child(
      element('profile', {
        source: attr(string).optional(),
        removeDisabled: attr(string).optional(),
        name: attr(string).optional(),
      }),
    ).optional(),
  },
  external: {
    source: child(element('source', { type: attr(oneOf('unix')), mode: attr(string).optional(), path: attr(string) })),
  },
});
export type TpmBackend = ModelOf<typeof backend>;

/** A trusted platform module: the host's, or an emulated one whose state the domain keeps. */
export const tpmSchema = element('tpm', {
  model: attr(oneOf('tpm-tis', 'tpm-crb', 'tpm-spapr', 'spapr-tpm-proxy')).optional(),
  backend: child(backend),
  alias,
  acpi,
  address,
});
export type Tpm = ModelOf<typeof tpmSchema>;
