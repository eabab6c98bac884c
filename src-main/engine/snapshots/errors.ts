/** Refusals about snapshots: libvirt's code and words where clients look into them, with cause and next step. */
import { type ErrorCode, type ErrorDomain, VirError } from '../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';

export function snapshotError(
  domain: ErrorDomain,
  code: ErrorCode,
  message: Sentence,
  help: { readonly cause?: Sentence; readonly fix?: Sentence; readonly details?: string } = {},
): VirError {
  return new VirError({ code, domain, message, ...help });
}

export const noSnapshot = (domain: ErrorDomain, name: string): VirError =>
  snapshotError(domain, 'no-domain-snapshot', say`no domain snapshot with matching name '${name}'`);
