import type { DomainSummary } from '../../../src-shared/model/summary.ts';

export type StateOf = Pick<DomainSummary, 'state' | 'reason' | 'hasManagedSave'>;

/** What users are told: libvirt's eight states, with the reasons that make a difference to them. */
export type ShownState =
  | 'running'
  | 'blocked'
  | 'paused'
  | 'saving'
  | 'io-error'
  | 'shutting-down'
  | 'off'
  | 'saved'
  | 'crashed'
  | 'failed'
  | 'asleep'
  | 'unknown';

export function shownState({ state, reason, hasManagedSave }: StateOf): ShownState {
  switch (state) {
    case 'running':
    case 'blocked':
      return state;
    case 'paused':
      if (reason === 'saving') return 'saving';
      if (reason === 'I/O error') return 'io-error';
      return reason === 'crashed' ? 'crashed' : 'paused';
    case 'shutdown':
      return 'shutting-down';
    case 'shutoff':
      if (reason === 'crashed' || reason === 'failed') return reason;
      return hasManagedSave ? 'saved' : 'off';
    case 'crashed':
      return 'crashed';
    case 'pmsuspended':
      return 'asleep';
    case 'nostate':
      return 'unknown';
  }
}
