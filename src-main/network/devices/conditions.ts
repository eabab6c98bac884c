/** Carries out the conditions of cables by the program `tc`. */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { ProcessError, run } from '../../host/process.ts';
import type { NetworkAction } from '../actions.ts';
import { clearCommand, conditionsCommand } from '../ports/conditions.ts';

type ConditionsSet = Extract<NetworkAction, { readonly verb: 'conditions-set' }>;

const timeoutMs = 10_000;

export async function setConditions(action: ConditionsSet, signal?: AbortSignal): Promise<void> {
  const { link, limited, verb: _, ...conditions } = action;
  // The emulator keeps what a later command does not speak of.
  await clearConditions(link, limited);
  try {
    await run(conditionsCommand(link, limited, conditions), { timeoutMs, ...(signal === undefined ? {} : { signal }) });
  } catch (thrown) {
    throw explained(link, thrown);
  }
}

/** What has none is as it was. */
export async function clearConditions(link: string, limited: boolean): Promise<void> {
  try {
    await run(clearCommand(link, limited), { timeoutMs });
  } catch (thrown) {
    const isNothing = thrown instanceof ProcessError && thrown.failure === 'exit';
    if (!isNothing) throw explained(link, thrown);
  }
}

function explained(link: string, thrown: unknown): unknown {
  if (!(thrown instanceof ProcessError)) return thrown;
  const isAbsent = thrown.failure === 'spawn';
  // `tc` says this of a kind of queue that the kernel neither has nor can load.
  const isUnknown = /qdisc kind is unknown|not found|Failed to load/.test(thrown.stderr);
  if (!isAbsent && !isUnknown) return thrown;
  return new VirError(
    {
      code: 'config-unsupported',
      domain: 'network',
      message: say`The conditions of the cable ${link} can't be made on this host.`,
      cause: isAbsent
        ? say`The program 'tc' is not installed.`
        : say`The host's kernel has no network emulator (sch_netem).`,
      fix: isAbsent
        ? say`Install iproute2.`
        : say`Load the module sch_netem (Fedora: install kernel-modules-extra), or take the conditions away.`,
      details: thrown.stderr,
    },
    { cause: thrown },
  );
}
