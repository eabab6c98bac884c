/** The order in which things start. */
import { app } from 'electron';
import { join, resolve } from 'node:path';
import { fileLogger } from '../engine/log-file.ts';
import { xdgDirectories } from '../host/xdg.ts';
import { startApplication } from './application.ts';
import { handOver, readArguments } from './launch.ts';
import { declareScheme } from './session.ts';

const directories = xdgDirectories();
const cliPath = join(app.getAppPath(), 'out/main/cli.cjs');
// What Chromium keeps can be made again. The folder also tells instances apart.
app.setPath('userData', join(directories.cache, 'window'));
app.setPath('sessionData', join(directories.cache, 'window'));

const words = process.argv.slice(process.defaultApp === true ? indexOfFolder() + 1 : 1);
const commands = readArguments(words, process.cwd());

if (!app.requestSingleInstanceLock({ commands })) {
  app.exit(0);
} else {
  declareScheme();
  const logger = fileLogger(directories.state, 'window');
  const start = async (): Promise<void> => {
    await app.whenReady();
    const application = startApplication({
      stateFolder: directories.state,
      logger,
      startEngine: async () => await (await import('./engine.ts')).startEngine({ directories, cliPath }, logger),
    });
    app.on('second-instance', (_event, _argv, _folder, handed) => {
      const asked = handOver.safeParse(handed);
      application.obey(asked.success ? asked.data.commands : []);
    });
    application.obey(commands);
  };
  start().catch((error: unknown) => {
    logger.log('error', 'the application could not be started', { error });
    process.stderr.write(`vivarium: ${error instanceof Error ? error.message : String(error)}\n`);
    app.exit(1);
  });
}

/** In a checkout it is run as `electron [switches] FOLDER [arguments]`. */
function indexOfFolder(): number {
  return process.argv.findIndex((word, index) => index > 0 && resolve(word) === app.getAppPath());
}
