/** Whether ports of the host can lead to guests of a network; told before anything is changed. */
import { VirError } from '../../src-shared/errors.ts';
import {
  collide,
  type ForwardProblem,
  forwardProblem,
  forwardText,
  type NetworkForward,
  readForwards,
} from '../../src-shared/model/network-forwards.ts';
import type { Network } from '../../src-shared/model/network.ts';
import { say } from '../../src-shared/words.ts';
import { portProblem } from '../host/port-use.ts';

const reasons: Readonly<Record<ForwardProblem, { readonly cause: string; readonly fix: string }>> = {
  mode: {
    cause: "Only networks that reach the outside (<forward mode='nat'/> or 'route') get answers back there.",
    fix: 'Give the network another mode.',
  },
  'not-a-guest': { cause: "That is no guest's address of this network.", fix: 'Name an address of its subnets.' },
  family: { cause: 'IPv4 and IPv6 do not lead to each other.', fix: 'Name two addresses of one kind.' },
  twice: { cause: 'The port leads to another guest already.', fix: 'Choose another port of the host.' },
};

/**
 * @param running the other networks that run
 * @throws VirError naming the first forward that can't be
 */
export async function checkForwards(
  network: Network,
  forwards: readonly NetworkForward[],
  running: readonly Network[],
): Promise<void> {
  const before = readForwards(network);
  for (const [place, forward] of forwards.entries()) {
    const problem = forwardProblem(network, forward, forwards.slice(0, place));
    if (problem !== undefined) throw impossible('operation-invalid', forward, reasons[problem]);
    const rival = running.find((other) => readForwards(other).some((theirs) => collide(theirs, forward)));
    if (rival !== undefined) {
      throw impossible('resource-busy', forward, {
        cause: `The network '${rival.name}' forwards this port.`,
        fix: reasons.twice.fix,
      });
    }
    // Translation would come before a program that listens, and take its visitors away without a word.
    const isOurs = before.some((own) => forwardText(own) === forwardText(forward));
    const { protocol, hostPort, address } = forward;
    if (isOurs || (await portProblem(protocol, hostPort, address)) !== 'EADDRINUSE') continue;
    throw impossible('resource-busy', forward, {
      cause: `A program of this host listens on ${protocol} port ${hostPort}.`,
      fix: reasons.twice.fix,
    });
  }
}

const impossible = (
  code: 'operation-invalid' | 'resource-busy',
  forward: NetworkForward,
  reason: { readonly cause: string; readonly fix: string },
): VirError =>
  new VirError({
    code,
    domain: 'network',
    message: say`The port can't be forwarded: ${forwardText(forward)}.`,
    ...reason,
  });
