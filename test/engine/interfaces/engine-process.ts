/** An engine's interfaces in a process of its own, in whatever namespaces it is started: one request and answer a line. */
import { createInterface } from 'node:readline';
import type { EngineContext, EngineDirectories } from '../../../src-main/engine/context.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { jsonLogger } from '../../../src-main/engine/logger.ts';
import { run } from '../../../src-main/host/process.ts';
import { processIdentity } from '../../../src-main/host/process-identity.ts';
import type { Performer } from '../../../src-main/host/steps.ts';
import type { InterfaceAction } from '../../../src-main/network/interfaces/actions.ts';
import { DirectInterfaces } from '../../../src-main/network/interfaces/executor.ts';
import { createLocalInterfaces, type LocalInterfaces } from '../../../src-main/network/interfaces/local-interfaces.ts';
import { createLocalNetworks } from '../../../src-main/network/local-networks.ts';
import { NetworkManagerBus } from '../../../src-main/network/interfaces/network-manager-bus.ts';
import { InterfacePerformer } from '../../../src-main/network/interfaces/performer.ts';
import { spawnDetached } from '../../../src-main/host/process.ts';
import { toErrorData } from '../../../src-shared/errors.ts';

const { directories, guard } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly directories: EngineDirectories;
  /** What looks after a change whose engine is gone; its arguments follow. */
  readonly guard?: readonly string[];
};
const folder = `${directories.state}/ledger/interfaces`;

class CrashingPerformer implements Performer<InterfaceAction> {
  readonly #inner = new InterfacePerformer(new NetworkManagerBus());
  #left: number | undefined;
  #spoil: string | undefined;

  arm(moment: number): void {
    this.#left = moment;
  }

  /** From now on, this device loses its cable once it is a port. */
  spoil(device: string): void {
    this.#spoil = device;
  }

  async perform(action: InterfaceAction): Promise<void> {
    this.#crash();
    await this.#inner.perform(action);
    if (action.verb === 'link-up' && this.#spoil !== undefined)
      await run(['ip', '-n', 'internet', 'link', 'set', this.#spoil, 'down']);
    this.#crash();
  }

  #crash(): void {
    if (this.#left === 0) process.kill(process.pid, 'SIGKILL');
    if (this.#left !== undefined) this.#left -= 1;
  }
}

const performer = new CrashingPerformer();
const logger = jsonLogger((line) => process.stderr.write(`${line}\n`), 'warn');
const context: EngineContext = { directories, logger, jobs: new JobRegistry() };
const own = processIdentity(process.pid);

function startGuard(): void {
  if (guard === undefined || own === undefined) return;
  const argv = [...guard, 'guard-interfaces', folder, String(own.pid), String(own.startTime)];
  spawnDetached(argv, { logFile: `${folder}/guard.log` }).catch((error: unknown) =>
    logger.log('error', 'no guard', { error }),
  );
}

const interfaces: LocalInterfaces = createLocalInterfaces(context, {
  executor: new DirectInterfaces({ folder, logger, performer, guard: startGuard }),
});

const networks = createLocalNetworks(context);

for await (const line of createInterface({ input: process.stdin })) {
  const { method, args } = JSON.parse(line) as { method: string; args: readonly unknown[] };
  if (method === 'crashAt') {
    performer.arm(Number(args[0]));
    continue;
  }
  try {
    if (method === 'spoil') performer.spoil(String(args[0]));
    // What an engine tells of its changes to the host is asked of its networks.
    const of = method.endsWith('Changes') ? networks : interfaces;
    const call = (of as unknown as Record<string, ((...each: readonly unknown[]) => Promise<unknown>) | undefined>)[
      method
    ];
    process.stdout.write(`${JSON.stringify({ value: (await call?.apply(of, [...args])) ?? null })}\n`);
  } catch (thrown) {
    process.stdout.write(`${JSON.stringify({ error: toErrorData(thrown) })}\n`);
  }
}
await interfaces.close();
process.exit();
