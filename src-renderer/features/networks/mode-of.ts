import type { NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import type { NetworkMode } from './edit/network-edit.ts';

/** The form's mode of a network in a list, whose definition is not at hand. */
export function modeOfSummary({ mode, bridge }: Pick<NetworkSummary, 'mode' | 'bridge'>): NetworkMode {
  switch (mode) {
    case 'bridge':
      return bridge === undefined ? 'macvtap' : 'bridge';
    case 'private':
    case 'vepa':
    case 'passthrough':
      return 'macvtap';
    default:
      return mode;
  }
}
