/** The engine behind the windows: one of our own, or the one that has the user's folders already. */
import { join } from 'node:path';
import { VirError } from '../../src-shared/errors.ts';
import { hostEngine } from '../compose.ts';
import type { EngineDirectories } from '../engine/context.ts';
import type { Logger } from '../engine/logger.ts';
import { attachServer } from '../ipc/attached-server.ts';
import { socketName } from '../ipc/lines.ts';
import { type FoundEngine, lastingEngine, type WindowEngine } from './lasting-engine.ts';

export const startEngine = (directories: EngineDirectories, logger: Logger): Promise<WindowEngine> =>
  lastingEngine({ find: () => findEngine(directories), logger });

async function findEngine(directories: EngineDirectories): Promise<FoundEngine> {
  try {
    return { kind: 'embedded', ...(await hostEngine(directories)) };
  } catch (error) {
    if (!(error instanceof VirError) || error.code !== 'resource-busy') throw error;
  }
  const server = await attachServer(join(directories.runtime, socketName));
  return {
    kind: 'attached',
    server,
    lost: server.lost,
    close() {
      server.close();
      return Promise.resolve();
    },
  };
}
