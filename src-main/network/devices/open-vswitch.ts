/** Puts cables into bridges of Open vSwitch by its program `ovs-vsctl`. */
import { existsSync } from 'node:fs';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import { ProcessError, run } from '../../host/process.ts';
import { switchSocket } from '../observe-switches.ts';
import { addPortCommand, bridgeOfPortCommand, removePortCommand, type SwitchPortOf } from '../ports/open-vswitch.ts';

const timeoutMs = 10_000;

export async function addSwitchPort(
  bridge: string,
  link: string,
  port: SwitchPortOf,
  isNew: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  try {
    const former = isNew ? undefined : await bridgeOfPort(link);
    // A port that was left behind, of a device that is no more, is not this one.
    if (isNew) await run(removePortCommand(link), options);
    await run(addPortCommand(bridge, link, port, former), options);
  } catch (thrown) {
    throw explained(bridge, thrown);
  }
}

/** What is not there needs no removal. */
export async function removeSwitchPort(link: string): Promise<void> {
  // Where it does not run, there are no ports.
  if (!existsSync(switchSocket)) return;
  await run(removePortCommand(link), { timeoutMs });
}

async function bridgeOfPort(link: string): Promise<string | undefined> {
  const { stdout, exitCode } = await run(bridgeOfPortCommand(link), { timeoutMs, acceptCodes: [0, 1] });
  return exitCode === 0 ? stdout.trim() : undefined;
}

function explained(bridge: string, thrown: unknown): unknown {
  if (!(thrown instanceof ProcessError)) return thrown;
  const isAbsent = thrown.failure === 'spawn';
  const isOff = /database connection failed/.test(thrown.stderr);
  return new VirError(
    {
      code: isAbsent ? 'config-unsupported' : 'operation-failed',
      domain: 'network',
      message: say`The cable can't be plugged into the Open vSwitch bridge ${bridge}.`,
      cause: isAbsent
        ? say`The program 'ovs-vsctl' is not installed.`
        : isOff
          ? say`Open vSwitch does not run.`
          : thrown.stderr.trim(),
      ...(isAbsent ? { fix: say`Install openvswitch-switch (Fedora: openvswitch).` } : {}),
      ...(isOff ? { fix: say`Start the service openvswitch-switch (Fedora: openvswitch).` } : {}),
      details: thrown.stderr,
    },
    { cause: thrown },
  );
}
