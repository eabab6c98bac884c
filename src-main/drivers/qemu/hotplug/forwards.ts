/** Ports of the host that come to lead into a running guest, and those that no longer do. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Interface } from '../../../../src-shared/model/domain/index.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import { portProblem } from '../../../host/port-use.ts';
import { forwardText, type SlirpForward, slirpForwards } from '../devices/netdev.ts';
import { netdevAlias } from '../devices/network-card.ts';
import type { QmpClient } from '../qmp/client.ts';

type UserCard = Extract<Interface, { type: 'user' }>;

/**
 * Makes the card's forwards those of `after`; all of them, or none.
 * @returns the card with them; the same card where nothing differs
 */
export async function changeForwards(monitor: QmpClient, card: Interface, after: Interface): Promise<Interface> {
  if (JSON.stringify(card.portForward) === JSON.stringify(after.portForward)) return card;
  if (card.type !== 'user') throw notHere(card);
  if (card.backend?.type === 'passt') throw passtIsAsked(card);
  const wanted: UserCard = { ...card, portForward: after.portForward };
  const [old, next] = [slirpForwards(card), slirpForwards(wanted)];
  const without = (list: readonly SlirpForward[], others: readonly SlirpForward[]): readonly SlirpForward[] => {
    const texts = new Set(others.map(forwardText));
    return list.filter((each) => !texts.has(forwardText(each)));
  };
  const [gone, added] = [without(old, next), without(next, old)];
  await refuseTaken(added, gone);
  const done: (() => Promise<void>)[] = [];
  try {
    for (const forward of gone) {
      await remove(monitor, card, forward);
      done.push(async () => await add(monitor, card, forward));
    }
    for (const forward of added) {
      await add(monitor, card, forward);
      done.push(async () => await remove(monitor, card, forward));
    }
  } catch (thrown) {
    for (const undo of done.toReversed()) await undo();
    throw thrown;
  }
  return wanted;
}

/** A port that somebody listens on is told before anything changes; one of our own that goes at the same time is free. */
async function refuseTaken(added: readonly SlirpForward[], gone: readonly SlirpForward[]): Promise<void> {
  for (const { protocol, address, hostPort } of added) {
    const isOurs = gone.some((each) => each.protocol === protocol && each.hostPort === hostPort);
    const problem = isOurs ? undefined : await portProblem(protocol, hostPort, address);
    if (problem === undefined) continue;
    const port = `${protocol.toUpperCase()} port ${hostPort}${address === '' ? '' : ` of ${address}`}`;
    throw new VirError({
      code: problem === 'EADDRINUSE' ? 'resource-busy' : 'operation-denied',
      domain: 'qemu',
      message:
        problem === 'EADDRINUSE'
          ? say`The ${port} is used by another program of this host.`
          : say`The ${port} can't be listened on.`,
      cause: problem === 'EACCES' ? say`Ports below 1024 are the administrator’s.` : problem,
      fix: say`Choose another port of the host.`,
    });
  }
}

async function add(monitor: QmpClient, card: Interface, forward: SlirpForward): Promise<void> {
  const said = await tell(monitor, `hostfwd_add ${netdevAlias(card)} ${forwardText(forward)}`);
  // It answers nothing when it has done it.
  if (said !== '') throw refused(forward, said);
}

async function remove(monitor: QmpClient, card: Interface, forward: SlirpForward): Promise<void> {
  const { protocol, address, hostPort } = forward;
  const said = await tell(monitor, `hostfwd_remove ${netdevAlias(card)} ${protocol}:${address}:${hostPort}`);
  if (!said.includes('removed') && !said.includes('not found')) throw refused(forward, said);
}

/** QEMU has no QMP command for this; the words of its monitor are checked for what they can be. */
async function tell(monitor: QmpClient, command: string): Promise<string> {
  return String(await monitor.execute('human-monitor-command', { 'command-line': command })).trim();
}

const refused = (forward: SlirpForward, said: Sentence): VirError =>
  new VirError({
    code: 'operation-failed',
    domain: 'qemu',
    message: say`QEMU did not change the port forward ${forwardText(forward)}.`,
    cause: said,
  });

const notHere = ({ mac }: Interface): VirError =>
  new VirError({
    code: 'operation-unsupported',
    domain: 'qemu',
    message: say`The card ${mac?.address ?? ''} is not on QEMU's own network: it has no port forwards.`,
    fix: say`Forward the port in the virtual network that it is plugged into.`,
  });

const passtIsAsked = ({ mac }: Interface): VirError =>
  new VirError({
    code: 'operation-unsupported',
    domain: 'qemu',
    message: say`The port forwards of the card ${mac?.address ?? ''} can't be changed while it runs.`,
    cause: say`passt takes them when it starts; starting it again would cut the guest off.`,
    fix: say`Change the definition; it takes effect at the next start.`,
  });
