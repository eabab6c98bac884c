/** Carries out the limits of devices by the program `tc`. */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { ProcessError, run } from '../../host/process.ts';
import type { NetworkAction } from '../actions.ts';
import { bandwidthCommands, clearCommands } from '../ports/bandwidth.ts';

type BandwidthSet = Extract<NetworkAction, { readonly verb: 'bandwidth-set' }>;

const timeoutMs = 10_000;

export async function setBandwidth(action: BandwidthSet, signal?: AbortSignal): Promise<void> {
  const { link, isNetwork } = action;
  await clearBandwidth(link);
  for (const { argv, optional } of bandwidthCommands(link, action, isNetwork)) {
    try {
      await run(argv, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
    } catch (thrown) {
      if (optional === true && isMissing(thrown)) continue;
      throw explained(link, thrown);
    }
  }
}

/** What was not limited is as it was. */
export async function clearBandwidth(link: string): Promise<void> {
  for (const argv of clearCommands(link)) {
    try {
      await run(argv, { timeoutMs });
    } catch (thrown) {
      const isNothing = thrown instanceof ProcessError && thrown.failure === 'exit';
      if (!isNothing) throw explained(link, thrown);
    }
  }
}

const isMissing = (thrown: unknown): boolean =>
  thrown instanceof ProcessError && /is unknown|not found|Failed to load/.test(thrown.stderr);

function explained(link: string, thrown: unknown): unknown {
  const isAbsent = thrown instanceof ProcessError && thrown.failure === 'spawn';
  if (!isAbsent && !isMissing(thrown)) return thrown;
  return new VirError(
    {
      code: 'config-unsupported',
      domain: 'network',
      message: say`The traffic of ${link} can't be limited on this host.`,
      cause: isAbsent
        ? say`The program 'tc' is not installed.`
        : say`The host's kernel lacks a part of its traffic control.`,
      fix: isAbsent
        ? say`Install iproute2.`
        : say`Load the modules sch_htb, sch_ingress, cls_u32 and act_police, or remove <bandwidth>.`,
      ...(thrown instanceof ProcessError ? { details: thrown.stderr } : {}),
    },
    { cause: thrown },
  );
}
