import { findFirmware } from '../../firmware/match.ts';
import { unsupported } from '../errors.ts';
import type { CompleteDomain } from '../types.ts';
import type { StartPass } from './types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** `<os firmware='efi'>` becomes the paths of this host's firmware; a given loader gets its variables' template. */
export const chooseFirmware: StartPass = (domain, { run }) => {
  const { os } = domain;
  if (os.firmware === undefined) {
    const isFlash = os.loader?.type === 'pflash' && os.loader.readonly === true && os.loader.stateless !== true;
    if (!isFlash || os.nvram?.template !== undefined || os.nvram?.source !== undefined) return;
    const firmware = findFirmware(domain, run.firmwares);
    const template = firmware?.mapping.device === 'flash' ? firmware.mapping.nvramTemplate?.filename : undefined;
    if (os.nvram !== undefined && template !== undefined) os.nvram.template = template;
    return;
  }
  const firmware = findFirmware(domain, run.firmwares);
  if (firmware === undefined) {
    const features = (os.firmwareFeatures?.feature ?? []).map((item) => `${item.enabled ? '' : 'no '}${item.name}`);
    const wish = features.length === 0 ? '' : ` with ${features.join(', ')}`;
    throw unsupported(
      say`No firmware on this host fits domain '${domain.name}': firmware='${os.firmware}'${wish} for '${os.type.machine}'.`,
    );
  }
  const { mapping } = firmware;
  switch (mapping.device) {
    case 'flash': {
      if (mapping.executable.format !== 'raw') {
        throw unsupported(
          say`The firmware ${mapping.executable.filename} is of the format '${mapping.executable.format}'.`,
        );
      }
      os.loader = { ...os.loader, type: 'pflash', readonly: true, value: mapping.executable.filename };
      if (mapping.mode === 'split' && mapping.nvramTemplate !== undefined) {
        const nvram = (os.nvram ??= {});
        nvram.template = mapping.nvramTemplate.filename;
        if (nvram.value === undefined && nvram.source === undefined) nvram.value = run.nvramPath;
      }
      break;
    }
    case 'kernel':
      os.kernel = mapping.filename;
      break;
    case 'memory':
      os.loader = { ...os.loader, type: 'rom', value: mapping.filename };
      break;
  }
  if (firmware.features.has('requires-smm')) requireSmm(domain);
  delete os.firmware;
};

/** Secure boot is only secure when the variables are out of the guest's reach. */
function requireSmm(domain: CompleteDomain): void {
  const features = (domain.features ??= {});
  if (features.smm?.state === false) {
    throw unsupported(
      say`Domain '${domain.name}' has SMM switched off (<smm state='off'/>), which its firmware needs.`,
    );
  }
  features.smm ??= { state: true };
  if (domain.os.loader !== undefined) domain.os.loader.secure = true;
}
