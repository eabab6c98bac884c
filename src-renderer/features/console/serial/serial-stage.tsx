/** A guest's serial console in a terminal. */
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { type ISearchOptions, SearchAddon } from '@xterm/addon-search';
import { type ITheme, Terminal } from '@xterm/xterm';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { engine } from '../../../app/client.ts';
import { setGuestKeyboard } from '../../../app/commands/keyboard.ts';
import { reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import { announce } from '../../../components/live-region.tsx';
import type { Connection, ConnectionEvent } from '../connection.ts';
import styles from '../console-view.module.css';
import { ReleaseChord } from '../keys/release-chord.ts';
import { openChannel } from '../transport/console-channel.ts';

/** What the toolbar asks of a terminal. */
export interface SerialHandle {
  copy(): void;
  paste(): void;
  clear(): void;
  focus(): void;
  find(text: string, direction: 'next' | 'previous', from: 'here' | 'start'): void;
  endSearch(): void;
}

export interface SerialStageProps {
  readonly uri: string;
  readonly uuid: string;
  readonly kind: 'serial' | 'console';
  readonly alias: string;
  readonly name: string;
  readonly connection: Connection;
  readonly dispatch: (event: ConnectionEvent) => void;
  readonly grabKeys: boolean;
  readonly onHeld: (held: boolean) => void;
  readonly onRelease: () => void;
  readonly onSearch: () => void;
  readonly onFound: (index: number, count: number) => void;
  readonly ref: React.Ref<SerialHandle>;
}

const scrollbackLines = 10_000;
const encoder = new TextEncoder();

interface Parts {
  readonly terminal: Terminal;
  readonly search: SearchAddon;
  send: (text: string) => void;
}

export function SerialStage(props: SerialStageProps): React.JSX.Element {
  const { uri, uuid, kind, alias, name, connection, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts>(undefined);
  const now = useRef(props);
  useLayoutEffect(() => {
    now.current = props;
  });

  useEffect(() => {
    if (host.current === null) return undefined;
    const made = createTerminal(host.current, name, now);
    parts.current = made;
    return () => {
      parts.current = undefined;
      made.dispose();
    };
  }, [name]);

  const { serial } = connection;
  const wanted = connection.state.name === 'connecting' || connection.state.name === 'connected';
  useEffect(() => {
    const made = parts.current;
    if (!wanted || made === undefined) return undefined;
    let current = true;
    const { force } = now.current.connection;
    const channel = openChannel(
      { uri, uuid, kind, alias, channel: 'main', force },
      {
        open: () => {
          if (current) now.current.dispatch({ name: 'connected' });
        },
        data: (bytes, taken) => made.terminal.write(new Uint8Array(bytes), taken),
        closed: (error) => {
          if (current) now.current.dispatch({ name: 'closed', error });
        },
      },
    );
    made.send = (text) => channel.send(encoder.encode(text));
    return () => {
      current = false;
      made.send = () => undefined;
      channel.close();
    };
  }, [uri, uuid, kind, alias, name, serial, wanted]);

  useImperativeHandle(
    ref,
    () => ({
      copy: () => copySelection(parts.current?.terminal),
      paste: () => paste(parts.current?.terminal),
      clear: () => parts.current?.terminal.clear(),
      focus: () => parts.current?.terminal.focus(),
      find(text, direction, from) {
        const options: ISearchOptions = { decorations: foundColours(), incremental: from === 'start' };
        if (direction === 'next') parts.current?.search.findNext(text, options);
        else parts.current?.search.findPrevious(text, options);
      },
      endSearch: () => parts.current?.search.clearDecorations(),
    }),
    [],
  );

  return <div ref={host} className={styles.terminal} data-selectable />;
}

function createTerminal(
  host: HTMLElement,
  name: string,
  now: React.RefObject<SerialStageProps>,
): Parts & { dispose(): void } {
  const root = getComputedStyle(document.documentElement);
  const terminal = new Terminal({
    // Marking what a search found counts as a proposal still.
    allowProposedApi: true,
    scrollback: scrollbackLines,
    fontFamily: root.getPropertyValue('--font-mono'),
    fontSize: 13,
    lineHeight: 1.2,
    cursorBlink: document.documentElement.dataset['motion'] !== 'reduced',
    theme: themeOf(root),
    screenReaderMode: document.documentElement.dataset['contrast'] === 'more',
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  const parts: Parts = { terminal, search, send: () => undefined };
  terminal.onData((text) => parts.send(text));
  search.onDidChangeResults(({ resultIndex, resultCount }) => now.current.onFound(resultIndex, resultCount));
  terminal.open(host);
  terminal.textarea?.setAttribute('aria-label', t('console:terminalOf', { name }));
  fit.fit();
  const sizes = new ResizeObserver(() => fit.fit());
  sizes.observe(host);
  // Light, dark and contrast are attributes of the document.
  const looks = new MutationObserver(() => {
    terminal.options.theme = themeOf(getComputedStyle(document.documentElement));
  });
  looks.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-contrast'] });

  const chord = new ReleaseChord();
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type === 'keypress') return true;
    if (chord.key(event.code, event.type === 'keydown')) {
      now.current.onRelease();
      announce(t('console:keyboard.released'));
      return false;
    }
    if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey) return true;
    const act = { KeyC: () => copySelection(terminal), KeyV: () => paste(terminal), KeyF: now.current.onSearch };
    const found = act[event.code as keyof typeof act];
    if (found === undefined) return true;
    event.preventDefault();
    found();
    return false;
  });
  const hold = (held: boolean) => (): void => {
    chord.reset();
    setGuestKeyboard(held && now.current.grabKeys);
    now.current.onHeld(held);
  };
  terminal.textarea?.addEventListener('focus', hold(true));
  terminal.textarea?.addEventListener('blur', hold(false));

  return Object.assign(parts, {
    dispose() {
      sizes.disconnect();
      looks.disconnect();
      hold(false)();
      terminal.dispose();
    },
  });
}

function copySelection(terminal: Terminal | undefined): void {
  const text = terminal?.getSelection() ?? '';
  if (text !== '') engine.call('clipboard.write', { text }).catch(reportError);
}

function paste(terminal: Terminal | undefined): void {
  const read = async (): Promise<void> => {
    terminal?.paste(await engine.call('clipboard.read', {}));
    terminal?.focus();
  };
  read().catch(reportError);
}

/** The sixteen colours are the usual ones of a dark terminal: guests choose theirs for that. */
function themeOf(root: CSSStyleDeclaration): ITheme {
  const role = (name: string): string => root.getPropertyValue(`--${name}`).trim();
  return {
    background: role('glass'),
    foreground: '#d9e2de',
    cursor: '#4cc7aa',
    cursorAccent: role('glass'),
    selectionBackground: '#2f6657',
    black: '#1b2321',
    red: '#e8736f',
    green: '#6cc98a',
    yellow: '#dcb45c',
    blue: '#7aa8ee',
    magenta: '#c58ad6',
    cyan: '#5fc0d4',
    white: '#c9d3cf',
    brightBlack: '#74827d',
    brightRed: '#f59b98',
    brightGreen: '#93e0ab',
    brightYellow: '#f0d08a',
    brightBlue: '#a6c6f7',
    brightMagenta: '#dcb0e8',
    brightCyan: '#92dbe9',
    brightWhite: '#f4f8f6',
  };
}

const foundColours = (): NonNullable<ISearchOptions['decorations']> => ({
  matchBackground: '#5b4a1c',
  matchOverviewRuler: '#dcb45c',
  activeMatchBackground: '#a8821f',
  activeMatchColorOverviewRuler: '#f0d08a',
});
