/** A change of the host as the privileged helper tells of it to whom it was made for. */
import type { ShownStep } from '../../src-shared/model/network-summary.ts';

export interface HelperChange {
  readonly key: string;
  readonly timeMs: number;
  /** As `aboutOf`. */
  readonly about: string;
  readonly step: ShownStep;
}
