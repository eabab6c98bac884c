import type { GuestContext } from '../guests/context.ts';
import type { QmpClient } from '../qmp/client.ts';
import { QmpError } from '../qmp/error.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import type { PlugStep } from './plug-steps.ts';

/** Tells QEMU one step after the other; when one fails those before it are taken back. */
export async function runSteps(
  context: GuestContext,
  monitor: QmpClient,
  steps: readonly PlugStep[],
  what: string,
): Promise<void> {
  const done: PlugStep[] = [];
  try {
    for (const step of steps) {
      await monitor.execute(step.command, step.args);
      done.push(step);
    }
  } catch (thrown) {
    await undoSteps(context, monitor, done);
    if (!(thrown instanceof QmpError)) throw thrown;
    throw new VirError(
      {
        code: 'operation-failed',
        domain: 'qemu',
        message: say`QEMU could not take ${what}.`,
        cause: thrown.description,
        details: JSON.stringify(steps[done.length], (_key, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value,
        ),
      },
      { cause: thrown },
    );
  }
}

/** Takes steps back in the opposite order. What can't be taken back is left over in QEMU until it ends, and logged. */
export async function undoSteps(context: GuestContext, monitor: QmpClient, steps: readonly PlugStep[]): Promise<void> {
  for (const { undo } of [...steps].reverse()) {
    if (undo === undefined) continue;
    try {
      await monitor.execute(undo.command, undo.args);
    } catch (error) {
      context.logger.log('warn', 'a part of a device could not be taken back', { ...undo, error });
    }
  }
}
