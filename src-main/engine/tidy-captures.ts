/** Captures go with the machine they are of; those of a machine in the bin wait with it. */
import type { Bin } from './bin.ts';
import type { Engine } from './engine.ts';

export async function tidyCaptures(engine: Engine, bin: Bin): Promise<void> {
  for (const { uri } of engine.connections()) {
    const connection = engine.connected(uri);
    if (connection?.captures === undefined) continue;
    const [defined, deleted] = await Promise.all([connection.domains.list(), bin.list()]);
    const waiting = deleted.filter((entry) => entry.uri === uri);
    await connection.captures.keepOnly(new Set([...defined, ...waiting].map(({ uuid }) => uuid)));
  }
}
