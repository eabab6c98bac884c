/** An engine's networks in a process of its own, in whatever namespaces it is started: one request and answer a line. */
import { createInterface } from 'node:readline';
import { qemuDriver } from '../../../src-main/drivers/qemu/driver.ts';
import type { EngineContext, EngineDirectories } from '../../../src-main/engine/context.ts';
import type { Connection } from '../../../src-main/engine/driver.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { jsonLogger } from '../../../src-main/engine/logger.ts';
import type { Performer } from '../../../src-main/host/steps.ts';
import type { NetworkAction } from '../../../src-main/network/actions.ts';
import { createLocalNetworks, type LocalNetworks } from '../../../src-main/network/local-networks.ts';
import { Firewalld } from '../../../src-main/network/firewalld/firewalld.ts';
import { DirectPerformer } from '../../../src-main/network/performer.ts';
import { toErrorData } from '../../../src-shared/errors.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';

const { directories, folder } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly directories: EngineDirectories;
  readonly folder: string;
};

class CrashingPerformer implements Performer<NetworkAction> {
  readonly #inner = new DirectPerformer(new Firewalld());
  #left: number | undefined;

  /** Ends this process by SIGKILL before (even) or after (odd) the action of half this number, from now on. */
  arm(moment: number): void {
    this.#left = moment;
  }

  /** Several at once, as an engine does them, while it isn't known at which it is to end. */
  async performAll(actions: readonly NetworkAction[], signal?: AbortSignal): Promise<void> {
    if (this.#left !== undefined) throw new Error('one by one');
    await this.#inner.performAll(actions, signal);
  }

  async perform(action: NetworkAction, signal?: AbortSignal): Promise<void> {
    this.#crash();
    await this.#inner.perform(action, signal);
    this.#crash();
  }

  #crash(): void {
    if (this.#left === 0) process.kill(process.pid, 'SIGKILL');
    if (this.#left !== undefined) this.#left -= 1;
  }
}

const performer = new CrashingPerformer();
const context: EngineContext = {
  directories,
  logger: jsonLogger((line) => process.stderr.write(`${line}\n`), 'warn'),
  jobs: new JobRegistry(),
};
const networks: LocalNetworks = createLocalNetworks(context, {
  folder,
  table: 'vivarium_test',
  performer,
});
const detach = networks.attach();

/** Opened when a machine is first asked for: most tests have none. */
let connection: Promise<Connection> | undefined;
const openConnection = async (): Promise<Connection> => {
  const uri = parseConnectUri('qemu:///session');
  if (uri === undefined) throw new Error('the URI is wrong');
  return await qemuDriver.open(uri, context);
};

type Call = readonly [string, ...unknown[]];

/** `start` is the networks'; `domains.start` the machines', `filters.define` the network filters'. */
async function callMethod(method: string, args: readonly unknown[]): Promise<unknown> {
  const [name = '', part] = method.split('.').toReversed();
  if (part === 'domains') connection ??= openConnection();
  const targets = { domains: async () => (await connection)?.domains ?? {}, filters: () => networks.filters };
  const target: object = part === 'domains' || part === 'filters' ? await targets[part]() : networks;
  const call = target[name as keyof typeof target] as (...rest: readonly unknown[]) => Promise<unknown>;
  return await call.apply(target, [...args]);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { method, args } = JSON.parse(line) as {
    method: string;
    args: readonly unknown[];
  };
  if (method === 'crashAt') {
    performer.arm(Number(args[0]));
    continue;
  }
  if (method === 'crashAfter') {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(args[0]));
    continue;
  }
  try {
    const value =
      method === 'together'
        ? await Promise.all((args as readonly Call[]).map(async ([name, ...rest]) => await callMethod(name, rest)))
        : await callMethod(method, args);
    process.stdout.write(`${JSON.stringify({ value })}\n`);
  } catch (thrown) {
    process.stdout.write(`${JSON.stringify({ error: toErrorData(thrown) })}\n`);
  }
}
await (await connection)?.close();
detach();
process.exit();
