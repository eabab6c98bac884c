import type { Network } from '../../../../src-shared/model/network.ts';

export interface FormProps {
  readonly network: Network;
  readonly edit: (change: (network: Network) => Network) => void;
}
