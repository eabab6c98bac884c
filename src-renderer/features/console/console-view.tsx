/** A machine's consoles: its screen or its terminals, with what can be done to them. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import type { ConsoleEndpointInfo } from '../../../src-shared/contract/domains.ts';
import type { Settings } from '../../../src-shared/contract/app.ts';
import MonitorX from 'lucide-react/icons/monitor-x';
import { engine } from '../../app/client.ts';
import { useShortcutCommand } from '../../app/commands/use-command.ts';
import { showDialog } from '../../app/feedback/dialogs.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { errorText } from '../../app/host-words.ts';
import { t } from '../../app/i18n.ts';
import { changeSettings, useSettings } from '../../app/store/settings-store.ts';
import { firstOf, keyOf, useConsoles } from './console-list.ts';
import { ConsoleToolbar, type ConsoleToolbarProps } from './console-toolbar.tsx';
import styles from './console-view.module.css';
import { Card, Cover } from './cover.tsx';
import { type DisplayHandle, DisplayStage } from './display-stage.tsx';
import type { Scaling, Size } from './display/scaling.ts';
import { type Chord, pressChord } from './keys/chords.ts';
import { savePicture } from './save-picture.ts';
import { type Found, SearchBar } from './search-bar.tsx';
import { SendKeysDialog } from './send-keys-dialog.tsx';
import { type SerialHandle, SerialStage } from './serial/serial-stage.tsx';
import { TypeTextDialog, type TypingOrder } from './type-text-dialog.tsx';
import { useConnection } from './use-connection.ts';
import { useFullScreen } from './use-full-screen.ts';
import { useMachine } from './use-machine.ts';
import { useTyping } from './use-typing.ts';

export interface ConsoleViewProps {
  readonly uri: string;
  readonly uuid: string;
  /** The console to begin with; the screen, or else the first, when absent. */
  readonly alias?: string | undefined;
  /** It fills a window of its own. */
  readonly ownWindow?: boolean;
}

/** The preference's names of the scalings. */
const scalingOf: Readonly<Record<Settings['consoleScaling'], Scaling>> = {
  fit: 'fit',
  always: 'fill',
  never: 'actual',
};
const preferenceOf: Readonly<Record<Scaling, Settings['consoleScaling']>> = {
  fit: 'fit',
  fill: 'always',
  actual: 'never',
};

const change = (settings: Partial<Settings>): void => {
  changeSettings(settings).catch(reportError);
};

export function ConsoleView({ uri, uuid, alias, ownWindow = false }: ConsoleViewProps): React.JSX.Element {
  const machine = useMachine(uri, uuid);
  const summary = machine.state === 'known' ? machine.summary : undefined;
  const list = useConsoles(uri, uuid, summary?.id);
  const [chosen, setChosen] = useState(alias);
  // Remembered while the machine is off, so that the toolbar does not jump when it comes back.
  const [consoles, setConsoles] = useState<readonly ConsoleEndpointInfo[]>([]);
  useEffect(() => {
    if (list.state === 'known') setConsoles(list.consoles);
  }, [list]);
  const shown = firstOf(consoles, chosen);
  const name = summary?.title ?? summary?.name ?? '';

  useEffect(() => {
    if (ownWindow && name !== '') document.title = name;
  }, [ownWindow, name]);

  if (machine.state === 'gone') {
    return <Card icon={MonitorX} title={t('console:gone.title')} text={t('console:gone.text')} />;
  }
  const error = machine.state === 'failed' ? machine.error : list.state === 'failed' ? list.error : undefined;
  if (error !== undefined) {
    return <Card icon={MonitorX} title={t('console:failed.title')} text={errorText(error).message} error={error} />;
  }
  if (list.state === 'known' && list.consoles.length === 0) {
    return <Card icon={MonitorX} title={t('console:none.title', { name })} text={t('console:none.text')} />;
  }
  return (
    <OneConsole
      key={shown === undefined ? 'none' : keyOf(shown)}
      uri={uri}
      uuid={uuid}
      name={name}
      known={summary !== undefined}
      running={list.state === 'known' && summary?.id !== undefined}
      consoles={consoles}
      shown={shown}
      onChoose={setChosen}
      wasChosen={chosen !== alias}
      ownWindow={ownWindow}
    />
  );
}

interface OneConsoleProps {
  readonly uri: string;
  readonly uuid: string;
  readonly name: string;
  /** Its state is known: before that, nothing is said about it. */
  readonly known: boolean;
  readonly running: boolean;
  readonly consoles: readonly ConsoleEndpointInfo[];
  readonly shown: ConsoleEndpointInfo | undefined;
  readonly onChoose: (key: string) => void;
  /** The user chose it, in a menu that is gone with what was shown before. */
  readonly wasChosen: boolean;
  readonly ownWindow: boolean;
}

function OneConsole(props: OneConsoleProps): React.JSX.Element {
  const { uri, uuid, name, known, running, consoles, shown, onChoose, wasChosen, ownWindow } = props;
  const settings = useSettings();
  const [connection, dispatch] = useConnection(running && shown !== undefined);
  const { state } = connection;
  const connected = state.name === 'connected';
  const [size, setSize] = useState<Size>();
  const [resizable, setResizable] = useState(false);
  const [held, setHeld] = useState(false);
  const [searching, setSearching] = useState(false);
  const [found, setFound] = useState<Found>({ index: -1, count: 0 });
  const [fullScreen, setFullScreen] = useFullScreen(settings.consoleGrabKeys && held);
  const typing = useTyping();
  const root = useRef<HTMLDivElement>(null);
  const screen = useRef<DisplayHandle>(null);
  const terminal = useRef<SerialHandle>(null);

  useEffect(() => {
    if (connected && wasChosen && document.activeElement === document.body) {
      (screen.current ?? terminal.current)?.focus();
    }
  }, [connected, wasChosen]);

  /** The keyboard is the user's again: at the toolbar, from where everything can be reached. */
  const onRelease = useCallback(() => root.current?.querySelector<HTMLElement>('[role="toolbar"] button')?.focus(), []);
  const onFound = useCallback((index: number, count: number) => setFound({ index, count }), []);
  const press = (code: string, down: boolean): void => screen.current?.press(code, down);
  const send = (chord: Chord): void => {
    screen.current?.focus();
    pressChord(chord, press).catch(reportError);
  };
  const popOut = async (): Promise<void> => {
    // SPICE serves one at a time, so this one lets go before the other asks.
    dispatch({ name: 'moved' });
    await engine.call('window.open-console', { uri, uuid, ...(shown === undefined ? {} : { alias: keyOf(shown) }) });
  };

  useShortcutCommand({
    id: 'view.fullScreen',
    group: 'view',
    title: () => t('console:toolbar.fullScreen'),
    shortcut: 'Ctrl+Alt+F',
    run: () => setFullScreen(!fullScreen),
  });

  const act: ConsoleToolbarProps['act'] = {
    send,
    sendCustom: () => {
      showDialog((close) => <SendKeysDialog onSend={send} onClose={close} />).catch(reportError);
    },
    typeText: () => {
      const start = (order: TypingOrder): void => typing.start(order, press);
      showDialog((close) => <TypeTextDialog onType={start} onClose={close} />).catch(reportError);
    },
    picture: () => {
      const take = screen.current?.screenshot;
      if (take !== undefined) savePicture(name, take).catch(reportError);
    },
    scale: (scaling) => change({ consoleScaling: preferenceOf[scaling] }),
    resizeGuest: (on) => change({ consoleResizeGuest: on }),
    grabKeys: (on) => change({ consoleGrabKeys: on }),
    fullScreen: setFullScreen,
    search: () => setSearching(true),
    copy: () => terminal.current?.copy(),
    paste: () => terminal.current?.paste(),
    clear: () => terminal.current?.clear(),
  };
  const view = {
    scaling: scalingOf[settings.consoleScaling],
    resizeGuest: settings.consoleResizeGuest,
    resizable,
    grabKeys: settings.consoleGrabKeys,
  };
  const stage = { uri, uuid, name, connection, dispatch, onHeld: setHeld, onRelease, grabKeys: view.grabKeys };
  const isSerial = shown?.kind === 'serial' || shown?.kind === 'console';

  return (
    <div ref={root} className={cx(styles.console, fullScreen && styles.full)}>
      <ConsoleToolbar
        consoles={consoles}
        shown={shown}
        onChoose={onChoose}
        connected={connected}
        held={held}
        status={known ? statusText(state.name, isSerial, size) : ''}
        view={view}
        fullScreen={fullScreen}
        onPopOut={ownWindow ? undefined : () => void popOut().catch(reportError)}
        act={act}
      />
      <div className={cx(styles.stage, !connected && styles.stale, isQuiet(state.name) && styles.quiet)}>
        {shown !== undefined &&
          (shown.kind === 'vnc' || shown.kind === 'spice' ? (
            <DisplayStage
              {...stage}
              ref={screen}
              kind={shown.kind}
              alias={shown.alias}
              scaling={view.scaling}
              resizeGuest={view.resizeGuest}
              onSize={setSize}
              onResizable={setResizable}
            />
          ) : (
            <SerialStage
              {...stage}
              ref={terminal}
              kind={shown.kind}
              alias={shown.alias}
              onSearch={act.search}
              onFound={onFound}
            />
          ))}
        {searching && terminal.current !== null && (
          <SearchBar
            terminal={terminal.current}
            found={found}
            onClose={() => {
              setSearching(false);
              terminal.current?.focus();
            }}
          />
        )}
        {known && <Cover {...{ uri, uuid, name, isSerial, state, dispatch }} />}
        {typing.progress !== undefined && (
          <div className={styles.foot} data-acts="true">
            <span className="tabular">{t('console:typing.progress', typing.progress)}</span>
            <Button size="small" onClick={typing.stop}>
              {t('console:typing.cancel')}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** Nothing is expected on the screen, so there is none. */
const isQuiet = (state: string): boolean => state === 'off' || state === 'elsewhere' || state === 'password';

function statusText(state: string, isSerial: boolean, size: Size | undefined): string {
  switch (state) {
    case 'connected':
      return isSerial || size === undefined
        ? t('console:status.connectedSerial')
        : t('console:status.connected', { width: size.width, height: size.height });
    case 'connecting':
      return t('console:status.connecting');
    case 'waiting':
      return t('console:status.waiting');
    case 'off':
      return t('console:status.off');
    default:
      return '';
  }
}
