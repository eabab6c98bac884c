import { unsupported } from '../errors.ts';
import { isQ35 } from '../machine-kind.ts';
import type { CompleteDomain, Pass } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** Either the paths of firmware are given, or what it must be like; not half of each. */
export const validateFirmware: Pass = (domain, { isNew }) => {
  const { os } = domain;
  const { loader, nvram } = os;
  if (os.firmware === undefined) checkGiven(domain, isNew);
  else checkChosen(domain, os.firmware);
  if (loader?.stateless === true) {
    if (nvram?.template !== undefined)
      throw unsupported(say`A stateless <loader> has no variables, so no <nvram template>.`);
    if (nvram !== undefined) throw unsupported(say`A stateless <loader> has no variables; remove <nvram>.`);
  } else if (loader?.stateless === false && !hasVariables(domain)) {
    throw unsupported(say`<loader stateless='no'>: only UEFI keeps variables.`);
  }
  if (loader?.secure === true) {
    if (!isQ35(domain)) throw unsupported(say`<loader secure='yes'> needs a q35 machine.`);
    // Chosen firmware brings SMM with it.
    const hasSmm = domain.features?.smm?.state ?? os.firmware !== undefined;
    if (!hasSmm) throw unsupported(say`<loader secure='yes'> needs <smm state='on'/>.`);
  }
  if (nvram?.source?.slices !== undefined || nvram?.source?.reservations !== undefined) {
    throw unsupported(say`The <source> of <nvram> has neither <slices> nor <reservations>.`);
  }
};

const hasVariables = ({ os }: CompleteDomain): boolean =>
  os.firmware === undefined ? os.loader?.type === 'pflash' : os.firmware === 'efi';

function checkGiven({ os }: CompleteDomain, isNew: boolean): void {
  // Older definitions may have such features; they were never heeded.
  if (isNew && os.firmwareFeatures !== undefined && os.firmwareFeatures.feature.length > 0) {
    throw unsupported(say`<firmware><feature> chooses among firmwares, which needs <os firmware='efi'>.`);
  }
  const { loader, nvram } = os;
  if (loader !== undefined && (loader.value ?? '') === '') {
    throw unsupported(say`<loader> has no path, and no firmware is chosen for it (<os firmware='efi'>).`);
  }
  if (nvram !== undefined && loader?.type !== 'pflash') {
    throw unsupported(say`<nvram> holds the variables of a <loader type='pflash'>, and there is none.`);
  }
}

function checkChosen({ os }: CompleteDomain, firmware: 'bios' | 'efi'): void {
  const { loader, nvram } = os;
  const because = `<os firmware='${firmware}'> chooses it`;
  if (loader?.readonly !== undefined) throw unsupported(say`<loader readonly>: ${because}.`);
  if (loader?.type !== undefined) throw unsupported(say`<loader type>: ${because}.`);
  if ((loader?.value ?? '') !== '') throw unsupported(say`<loader> has a path: ${because}.`);
  if (loader?.secure === false)
    throw unsupported(say`<loader secure='no'>: ${because}; use <firmware><feature> instead.`);
  if (nvram?.template !== undefined) throw unsupported(say`<nvram template>: ${because}.`);
  if (nvram !== undefined && firmware !== 'efi') throw unsupported(say`<nvram>: only UEFI keeps variables.`);
}
