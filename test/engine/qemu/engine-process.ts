/** An engine of its own process, to be killed: opens the folders it is given and starts the machines it is told. */
import { openQemu } from '../../support/qemu-engine.ts';
import type { EngineDirectories } from '../../../src-main/engine/context.ts';

const { directories, start, capture } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly directories: EngineDirectories;
  /** XML of machines to define and start. */
  readonly start: readonly string[];
  /** Listens on their first cards. */
  readonly capture?: boolean;
};

const engine = await openQemu(directories);
const ids: (number | undefined)[] = [];
for (const xml of start) {
  const { uuid } = await engine.domains.define(xml);
  ids.push((await engine.domains.start(uuid)).id);
  if (capture === true) await engine.connection.captures?.start(uuid, undefined);
}
process.stdout.write(`${JSON.stringify({ ids })}\n`);
// Until it is killed.
setInterval(() => undefined, 60_000);
