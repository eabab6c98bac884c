import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import { spawnDetached } from '../../../host/process.ts';
import { type ProcessIdentity, terminate } from '../../../host/process-identity.ts';
import type { HelperPlan } from '../guests/context.ts';

const helperTimeoutMs = 10_000;

/** Starts a program that serves one guest, and waits until it can. */
export async function startHelper(helper: HelperPlan, logFile: string): Promise<ProcessIdentity> {
  const started = await spawnDetached(helper.argv, { logFile });
  const deadline = performance.now() + helperTimeoutMs;
  let exit: { readonly code: number | undefined } | undefined;
  started.exited.then(
    (end) => {
      exit = end;
    },
    () => undefined,
  );
  for (;;) {
    const isReady = helper.readyPath === undefined || existsSync(helper.readyPath);
    if (isReady && exit === undefined) return { pid: started.pid, startTime: started.startTime };
    if (exit !== undefined || performance.now() > deadline) {
      await terminate(started, { graceMs: 0 });
      throw new VirError({
        code: 'operation-failed',
        domain: 'qemu',
        message: say`The program '${helper.argv[0] ?? ''}' that the guest needs could not be started.`,
        cause:
          exit === undefined
            ? say`It was not ready within ${helperTimeoutMs} ms.`
            : say`It ended with status ${exit.code}.`,
        fix: say`The log of the machine has what it said.`,
        details: helper.argv.join(' '),
      });
    }
    await delay(2);
  }
}
