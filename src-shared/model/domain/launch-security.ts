import { attr, children, childText, element, type ModelOf, union } from '../../xml/schema.ts';
import { hexadecimal, oneOf, onOff, string, unsigned, yesNo } from '../../xml/values.ts';

/** Memory encryption of the guest against its host. */
export const launchSecuritySchema = union('launchSecurity', 'type', {
  sev: {
    kernelHashes: attr(yesNo).optional(),
    cbitpos: childText('cbitpos', unsigned).optional(),
    reducedPhysBits: childText('reducedPhysBits', unsigned).optional(),
    policy: childText('policy', hexadecimal(4, 0xffff_ffff)),
    dhCert: childText('dhCert', string).optional(),
    session: childText('session', string).optional(),
  },
  'sev-snp': {
    kernelHashes: attr(yesNo).optional(),
    authorKey: attr(yesNo).optional(),
    vcek: attr(yesNo).optional(),
    cbitpos: childText('cbitpos', unsigned).optional(),
    reducedPhysBits: childText('reducedPhysBits', unsigned).optional(),
    policy: childText('policy', string),
    guestVisibleWorkarounds: childText('guestVisibleWorkarounds', string).optional(),
    idBlock: childText('idBlock', string).optional(),
    idAuth: childText('idAuth', string).optional(),
    hostData: childText('hostData', string).optional(),
  },
  's390-pv': {},
  tdx: {
    policy: childText('policy', string).optional(),
    mrConfigId: childText('mrConfigId', string).optional(),
    mrOwner: childText('mrOwner', string).optional(),
    mrOwnerConfig: childText('mrOwnerConfig', string).optional(),
  },
});
export type LaunchSecurity = ModelOf<typeof launchSecuritySchema>;

/** Mainframe key wrapping; on unless switched off. */
export const keywrapSchema = element(
  'keywrap',
  {
    cipher: children(element('cipher', { name: attr(oneOf('aes', 'dea')), state: attr(onOff) })),
  },
  { endTag: 'always' },
);
