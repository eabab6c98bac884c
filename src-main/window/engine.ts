/** The engine behind the windows: one of our own, or the one that has the user's folders already. */
import { join } from 'node:path';
import { VirError } from '../../src-shared/errors.ts';
import { hostEngine } from '../compose.ts';
import type { EngineDirectories } from '../engine/context.ts';
import type { Logger } from '../engine/logger.ts';
import { attachServer } from '../ipc/attached-server.ts';
import { socketName } from '../ipc/lines.ts';
import { type FoundEngine, lastingEngine, type WindowEngine } from './lasting-engine.ts';

interface Place {
  readonly directories: EngineDirectories;
  /** The bundled command line. */
  readonly cliPath: string;
}

export const startEngine = (place: Place, logger: Logger): Promise<WindowEngine> =>
  lastingEngine({ find: () => findEngine(place), logger });

async function findEngine({ directories, cliPath }: Place): Promise<FoundEngine> {
  try {
    return { kind: 'embedded', ...(await hostEngine({ directories, cliPath })) };
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
