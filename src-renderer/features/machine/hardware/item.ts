import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import type { IconType } from '../../../components/icon.tsx';

export type Group =
  | 'system'
  | 'platform'
  | 'ports'
  | 'disks'
  | 'network'
  | 'display'
  | 'sound'
  | 'controllers'
  | 'other';

export type Edit = (change: (domain: Domain) => Domain) => void;

/** One line of the page: a device or a part of the machine, with the form behind it. */
export interface HardwareItem {
  readonly id: string;
  readonly group: Group;
  readonly icon: IconType;
  readonly name: string;
  readonly detail: string;
  /** Differs from what is stored. */
  readonly edited: boolean;
  readonly form: () => React.ReactNode;
  readonly remove?: () => void;
}
