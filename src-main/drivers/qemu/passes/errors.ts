import { VirError } from '../../../../src-shared/errors.ts';
import type { Sentence } from '../../../../src-shared/words.ts';

/** The definition is understood, but this QEMU or this driver can't do it. `message` names the element. */
export function unsupported(message: Sentence): VirError {
  return new VirError({ code: 'config-unsupported', domain: 'qemu', message });
}

/** The definition contradicts itself. */
export function invalidDefinition(message: Sentence): VirError {
  return new VirError({ code: 'xml-error', domain: 'domain', message });
}

/** No place is left, or a place does not fit, for a reason that lies in how many or what devices there are. */
export function placementFailed(message: Sentence): VirError {
  return new VirError({ code: 'internal-error', domain: 'domain', message });
}
