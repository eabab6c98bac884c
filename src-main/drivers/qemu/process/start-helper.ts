import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../../../src-shared/errors.ts';
import { spawnDetached } from '../../../host/process.ts';
import { type ProcessIdentity, processIdentity, terminate } from '../../../host/process-identity.ts';
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
    const identity = helper.pidFile === undefined ? started : identityFrom(helper.pidFile);
    if (isReady && identity !== undefined) return { pid: identity.pid, startTime: identity.startTime };
    const failed = exit !== undefined && (helper.pidFile === undefined || exit.code !== 0);
    if (failed || performance.now() > deadline) {
      await terminate(started, { graceMs: 0 });
      throw new VirError({
        code: 'operation-failed',
        domain: 'qemu',
        message: `The program '${helper.argv[0] ?? ''}' that the guest needs could not be started.`,
        cause: failed ? `It ended with status ${exit?.code}.` : `It was not ready within ${helperTimeoutMs} ms.`,
        details: helper.argv.join(' '),
      });
    }
    await delay(2);
  }
}

function identityFrom(pidFile: string): ProcessIdentity | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  return Number.isNaN(pid) ? undefined : processIdentity(pid);
}
