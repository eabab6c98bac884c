/** A QEMU that is started only to be asked what it can do. */
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { VirError } from '../../../../src-shared/errors.ts';
import { say } from '../../../../src-shared/words.ts';
import { readIfThere } from '../../../host/files.ts';
import { spawnDetached } from '../../../host/process.ts';
import { terminate } from '../../../host/process-identity.ts';
import { socketPath } from '../../../host/xdg.ts';
import { QmpClient } from '../qmp/client.ts';
import type { AcceleratorName } from './facts.ts';
import type { ProbeTransport } from './probe.ts';

/** A cold start from a slow disk takes seconds; one that takes longer has other problems. */
const startTimeoutMs = 20_000;

/**
 * Runs `work` with a QEMU that has no machine, and ends it afterwards.
 * @throws VirError `internal-error` with QEMU's own complaint when it does not come up.
 */
export async function withProbeProcess<T>(
  binary: string,
  accelerator: AcceleratorName,
  scratchFolder: string,
  work: (ask: ProbeTransport) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const folder = await mkdtemp(join(scratchFolder, 'probe-'));
  const socket = socketPath(folder, 'qmp');
  const logFile = join(folder, 'log');
  const argv = [binary, '-S', '-no-user-config', '-nodefaults', '-nographic', '-machine', `none,accel=${accelerator}`];
  let qemu: Awaited<ReturnType<typeof spawnDetached>> | undefined;
  let client: QmpClient | undefined;
  try {
    qemu = await spawnDetached([...argv, '-qmp', `unix:${socket},server=on,wait=off`], { logFile });
    const gaveUp = new AbortController();
    const stop = signal === undefined ? gaveUp.signal : AbortSignal.any([gaveUp.signal, signal]);
    // Every command that is under way listens.
    setMaxListeners(0, stop);
    const giveUp = async ({ exited }: typeof qemu & object): Promise<never> => {
      const { code, signal: killedBy } = await exited;
      const reason = new Error(`It ended with ${killedBy ?? `status ${code}`} before it answered.`);
      gaveUp.abort(reason);
      throw reason;
    };
    const ask = async (): Promise<T> => {
      client = await QmpClient.connect(socket, { waitForSocket: true, timeoutMs: startTimeoutMs, signal: stop });
      const monitor = client;
      return await work((command, args) => monitor.execute(command, args, { signal: stop }));
    };
    return await Promise.race([ask(), giveUp(qemu)]);
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    const complaint = (readIfThere(logFile) ?? '').trim();
    throw new VirError(
      {
        code: 'internal-error',
        domain: 'qemu',
        message: say`QEMU '${binary}' could not be asked what it can do.`,
        cause: complaint === '' ? (thrown instanceof Error ? thrown.message : String(thrown)) : complaint,
        details: argv.join(' '),
      },
      { cause: thrown },
    );
  } finally {
    client?.close();
    if (qemu !== undefined) await terminate(qemu, { graceMs: 0 });
    await rm(folder, { recursive: true, force: true });
  }
}
