/** Which virtual function (SR-IOV) a card of a machine gets. Pure, but for what it looks at. */
import type { Network } from '../../../src-shared/model/network.ts';
import { say } from '../../../src-shared/words.ts';
import { networkError } from '../errors.ts';
import { formatPci, type VirtualFunction } from '../sriov/functions.ts';

export interface FunctionHost {
  /** The virtual functions of a card of the host. */
  readonly functionsOf: (parent: string) => readonly VirtualFunction[];
  readonly functionAt: (address: string) => VirtualFunction | undefined;
  /** Whether a machine has it already. */
  readonly isTaken: (address: string) => boolean;
}

/** All that the network lists: by address, or of its physical function. */
function poolOf({ name, forward }: Network, { functionsOf, functionAt }: FunctionHost): readonly VirtualFunction[] {
  const listed = (forward?.address ?? []).map((address) => {
    const text = formatPci(address);
    const found = functionAt(text);
    if (found !== undefined) return found;
    throw networkError(
      'operation-failed',
      say`The PCI device ${text} of the network '${name}' is no virtual function.`,
      {
        fix: say`List virtual functions of a card with SR-IOV, or name the card in <pf dev>.`,
      },
    );
  });
  if (listed.length > 0) return listed;
  const found = (forward?.pf ?? []).flatMap(({ dev }) => functionsOf(dev));
  if (found.length > 0) return found;
  const parent = forward?.pf[0]?.dev ?? '';
  throw networkError('internal-error', say`No usable Vf's present on SRIOV PF ${parent}`, {
    fix: say`Make some: echo 4 > /sys/class/net/${parent}/device/sriov_numvfs`,
  });
}

/** The first that no machine has. @throws VirError when each has one. */
export function freeFunction(network: Network, host: FunctionHost): VirtualFunction {
  const free = poolOf(network, host).find(({ address }) => !host.isTaken(address));
  if (free !== undefined) return free;
  throw networkError(
    'operation-failed',
    say`network '${network.name}' requires exclusive access to interfaces, but none are available`,
    { cause: say`Each virtual function that it lists is a machine's already.` },
  );
}
