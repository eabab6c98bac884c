/** The engine behind the windows: the one that runs already, or one of our own. */
import { join } from 'node:path';
import type { EngineDirectories } from '../engine/context.ts';
import type { Logger } from '../engine/logger.ts';
import { attachServer } from '../ipc/attached-server.ts';
import { socketName } from '../ipc/lines.ts';
import type { WindowEngine } from './application.ts';

export async function startEngine(directories: EngineDirectories, _logger: Logger): Promise<WindowEngine> {
  const server = await attachServer(join(directories.runtime, socketName));
  return {
    server,
    async close() {
      server.close();
    },
  };
}
