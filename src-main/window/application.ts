/** The desktop application around an engine: windows, what is asked of them from outside, tray, and the way out. */
import { app, BrowserWindow, Menu, nativeTheme, Notification, type Tray } from 'electron';
import { join } from 'node:path';
import type { Settings } from '../../src-shared/contract/app.ts';
import type { Answer, CallName, ContractEvent } from '../../src-shared/contract/index.ts';
import { VirError } from '../../src-shared/errors.ts';
import { consoleOpener } from '../console/open.ts';
import { Emitter } from '../engine/events.ts';
import type { Logger } from '../engine/logger.ts';
import { createContractServer } from '../ipc/dispatch.ts';
import { serveConsoles } from '../ipc/electron-consoles.ts';
import { createTransport } from '../ipc/electron-transport.ts';
import type { ContractServer } from '../ipc/server.ts';
import { readManifest } from './bundle.ts';
import { windowCalls } from './calls.ts';
import { labels, languageOf } from './labels.ts';
import type { WindowEngine } from './lasting-engine.ts';
import type { LaunchCommand } from './launch.ts';
import { notifier } from './notifications.ts';
import { sentenceIn } from './sentences.ts';
import { hardenContents, hardenSession } from './session.ts';
import { createTray } from './tray.ts';
import { iconPath, type Windows, windows } from './windows.ts';
import { windowState } from './window-state.ts';

export interface ApplicationOptions {
  readonly stateFolder: string;
  readonly logger: Logger;
  /** Begun once the first page has its code; a page is told when it fails. */
  readonly startEngine: () => Promise<WindowEngine>;
}

export interface Application {
  /** Does what the command line asked, showing the main window unless only a console was wanted. */
  obey(commands: readonly LaunchCommand[]): void;
}

const closeTimeoutMs = 5_000;
/** The client the main process is to the engine, for what it asks itself. */
const self = 'window-main-process';

/** Electron must be ready. */
export function startApplication({ stateFolder, logger, startEngine }: ApplicationOptions): Application {
  Menu.setApplicationMenu(null);
  const scriptServed = hardenSession(readManifest(join(app.getAppPath(), 'out/renderer')), logger);
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, logger));

  const starting = deferred<WindowEngine>();
  const server = starting.promise.then((engine) => engine.server);
  const state = windowState(stateFolder);
  const local = windowCalls({
    windowOf: (clientId) => shown.byClient(clientId),
    openConsole: (request) => shown.showConsole(request, labels(language).console),
    engineKind: async () => (await starting.promise).kind,
  });
  const transport = createTransport({
    server,
    local: { names: new Set(Object.keys(local)), server: createContractServer(local, new Emitter(), logger) },
    logger,
  });
  const shown: Windows = windows(transport, state, logger);
  const open = consoleOpener(async ({ alias, ...request }) =>
    ask(await server, 'domains.open-console', { ...request, ...(alias === '' ? {} : { alias }) }),
  );
  serveConsoles({ open, serves: transport.serves, logger });

  let tray: Tray | undefined;
  let language: Settings['language'] = 'system';
  let notifies = false;
  const follow = (settings: Settings): void => {
    language = settings.language;
    notifies = settings.notifications;
    nativeTheme.themeSource = settings.theme === 'high-contrast' ? 'system' : settings.theme;
    tray?.destroy();
    tray = settings.tray
      ? createTray(iconPath(), labels(language), {
          show: () => void shown.showMain(),
          newMachine: () => shown.announce(commandEvent('new-machine')),
          quit: () => app.quit(),
        })
      : undefined;
  };
  starting.promise
    .then((engine) => engine.onReplaced((kind) => shown.tell(commandEvent('engine-replaced', kind))))
    // Why it did not start is told where it is started.
    .catch(() => undefined);
  const note = (what: string) => (error: unknown) => {
    logger.log('error', what, { error });
  };
  const notify = notifier({
    wanted: () => notifies && Notification.isSupported() && BrowserWindow.getFocusedWindow() === null,
    words: () => labels(language),
    show({ title, body }) {
      sentenceIn(languageOf(language), body)
        .then((said) => {
          const shownNotice = new Notification({ title, body: said, icon: iconPath() });
          shownNotice.on('click', () => void shown.showMain());
          shownNotice.show();
        })
        .catch(note('a notice could not be shown'));
    },
  });
  const watchEvents = async (): Promise<void> => {
    const engine = await server;
    engine.subscribe(self, (event) => {
      if (event.channel === 'settings') follow(event.settings);
      else notify(event);
    });
    follow(await ask(engine, 'settings.get', {}));
  };
  const rememberColours = (): void => {
    state.remember({ dark: nativeTheme.shouldUseDarkColors }).catch(note('the theme could not be remembered'));
  };
  nativeTheme.on('updated', rememberColours);

  const showConsole = async (machine: string, uri: string | undefined): Promise<void> => {
    const engine = await server;
    const where = uri ?? (await ask(engine, 'settings.get', {})).defaultUri;
    await ask(engine, 'connections.open', { uri: where });
    const { uuid, name } = await ask(engine, 'domains.lookup', { uri: where, text: machine });
    shown.showConsole({ uri: where, uuid }, name);
  };

  app.on('window-all-closed', () => {
    if (tray === undefined) app.quit();
  });
  app.on('activate', () => void shown.showMain());
  leaveInOrder(starting.promise, logger);

  let begun = false;
  return {
    obey(commands) {
      const onlyConsoles =
        commands.some(({ command }) => command === 'show-console') &&
        commands.every(({ command }) => command === 'show-console' || command === 'connect');
      if (!onlyConsoles) shown.showMain();
      if (!begun) {
        begun = true;
        // Both take this thread: the engine's code is loaded while the page's process compiles its own.
        starting.follow(scriptServed.then(startEngine));
        starting.promise.catch(note('the engine could not be started'));
        watchEvents().catch(note('the settings could not be followed'));
      }
      for (const each of commands) {
        if (each.command === 'show-console') {
          showConsole(each.machine, each.uri).catch((error: unknown) => {
            note('the console asked for could not be shown')(error);
            shown.announce(commandEvent('show-console-failed', each.machine));
          });
        } else if (!onlyConsoles) {
          shown.announce(toEvent(each));
        }
      }
    },
  };
}

function toEvent(command: Exclude<LaunchCommand, { command: 'show-console' }>): ContractEvent {
  switch (command.command) {
    case 'connect':
      return commandEvent('connect', command.uri);
    case 'open-medium':
      return commandEvent('open-medium', command.path);
    case 'new-machine':
      return commandEvent('new-machine');
  }
}

const commandEvent = (command: string, argument?: string): ContractEvent => ({
  channel: 'command',
  command,
  ...(argument === undefined ? {} : { argument }),
});

async function ask<N extends CallName>(server: ContractServer, name: N, argument: unknown): Promise<Answer<N>> {
  const reply = await server.handle(name, argument, self);
  if (!reply.ok) throw new VirError(reply.error);
  return reply.value as Answer<N>;
}

/** Quitting waits for the engine to put its things away, for a time. Guests run on. */
function leaveInOrder(engine: Promise<WindowEngine>, logger: Logger): void {
  let state: 'running' | 'leaving' | 'left' = 'running';
  app.on('will-quit', (event) => {
    if (state === 'left') return;
    event.preventDefault();
    if (state === 'leaving') return;
    state = 'leaving';
    const leave = (): void => {
      state = 'left';
      // Not from within the event: Electron is still quitting there, and ignores being asked again.
      setImmediate(() => app.quit());
    };
    const timer = setTimeout(() => {
      logger.log('error', 'the engine did not close in time', { timeoutMs: closeTimeoutMs });
      leave();
    }, closeTimeoutMs);
    engine
      .then((running) => running.close())
      .catch((error: unknown) => logger.log('error', 'the engine did not close in order', { error }))
      .finally(() => {
        clearTimeout(timer);
        leave();
      })
      .catch((error: unknown) => logger.log('error', 'quitting failed', { error }));
  });
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  follow(other: Promise<T>): void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: Promise<T>) => void = () => undefined;
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, follow: (other) => resolve(other) };
}
