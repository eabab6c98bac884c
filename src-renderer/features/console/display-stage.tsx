/** Where a guest's screen is shown, and where it gets its keys. */
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { announce } from '../../components/live-region.tsx';
import { commands } from '../../app/commands/commands.ts';
import { setGuestKeyboard } from '../../app/commands/keyboard.ts';
import { shortcutOf } from '../../app/commands/shortcut.ts';
import { t } from '../../app/i18n.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import type { Connection, ConnectionEvent } from './connection.ts';
import styles from './console-view.module.css';
import type { Display, OpenDisplay } from './display/display.ts';
import type { Scaling, Size } from './display/scaling.ts';
import { GuestKeyboard, plainPress } from './keys/guest-keyboard.ts';

/** What the toolbar asks of a screen. */
export interface DisplayHandle {
  press(code: string, down: boolean): void;
  screenshot(): Promise<Blob>;
  focus(): void;
}

export interface DisplayStageProps {
  readonly uri: string;
  readonly uuid: string;
  readonly kind: 'vnc' | 'spice';
  readonly alias: string;
  readonly name: string;
  readonly connection: Connection;
  readonly dispatch: (event: ConnectionEvent) => void;
  readonly scaling: Scaling;
  readonly resizeGuest: boolean;
  readonly grabKeys: boolean;
  readonly onSize: (size: Size) => void;
  readonly onResizable: (can: boolean) => void;
  readonly onHeld: (held: boolean) => void;
  /** The keyboard was given back: where the focus goes. */
  readonly onRelease: () => void;
  readonly ref: React.Ref<DisplayHandle>;
}

const loaders: Readonly<Record<'vnc' | 'spice', () => Promise<OpenDisplay>>> = {
  vnc: async () => (await import('./display/vnc/vnc-display.ts')).openVnc,
  spice: async () => (await import('./display/spice/spice-display.ts')).openSpice,
};

export function DisplayStage(props: DisplayStageProps): React.JSX.Element {
  const { name, connection, grabKeys, onHeld, onRelease, ref } = props;
  const screen = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const display = useDisplay(host, props);
  const [held, setHeld] = useState(false);
  const connected = connection.state.name === 'connected';

  const keyboard = useRef<GuestKeyboard>(undefined);
  keyboard.current ??= new GuestKeyboard({
    press: (key) => display.current?.press(key),
    release: () => latest.current.release(),
  });
  /** Whether the keyboard is the guest's again when the window has the focus again. */
  const resume = useRef(false);

  const hold = (): void => {
    if (held || !connected) return;
    setHeld(true);
    screen.current?.focus({ preventScroll: true });
    announce(t('console:keyboard.held'));
  };
  const letGo = (): void => {
    if (!held) return;
    keyboard.current?.releaseAll();
    setHeld(false);
    if (document.pointerLockElement !== null) document.exitPointerLock();
    announce(t('console:keyboard.released'));
  };
  const latest = useRef({ release: (): void => undefined });
  useLayoutEffect(() => {
    latest.current.release = (): void => {
      letGo();
      onRelease();
    };
  });

  useEffect(() => {
    onHeld(held);
    if (!held || !grabKeys) return undefined;
    setGuestKeyboard(true);
    return () => setGuestKeyboard(false);
  }, [held, grabKeys, onHeld]);

  useEffect(() => {
    if (connected) return;
    keyboard.current?.releaseAll();
    setHeld(false);
  }, [connected]);

  useImperativeHandle(
    ref,
    () => ({
      press: (code, down) => display.current?.press(plainPress(code, down)),
      screenshot: async () => {
        if (display.current === undefined) throw new Error('There is no screen.');
        return await display.current.screenshot();
      },
      focus: () => screen.current?.focus({ preventScroll: true }),
    }),
    [display],
  );

  const onKey = (event: React.KeyboardEvent): void => {
    const { nativeEvent } = event;
    if (!held) {
      if (event.type === 'keydown' && (event.key === 'Enter' || event.key === ' ') && connected) {
        event.preventDefault();
        hold();
      }
      return;
    }
    if (!grabKeys && isOurs(nativeEvent)) return;
    if (keyboard.current?.handle(nativeEvent) === true) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  return (
    <div
      ref={screen}
      className={styles.screen}
      role="application"
      aria-label={t('console:screenOf', { name })}
      aria-describedby="console-keyboard-help"
      tabIndex={connected ? 0 : -1}
      data-held={held}
      onKeyDown={onKey}
      onKeyUp={onKey}
      onMouseDownCapture={hold}
      onFocus={() => {
        if (resume.current) hold();
        resume.current = false;
      }}
      onBlur={() => {
        resume.current = held && !document.hasFocus();
        letGo();
      }}
    >
      <div ref={host} className={styles.host} />
      <span id="console-keyboard-help" className="visually-hidden">
        {t('console:keyboard.help')}
      </span>
    </div>
  );
}

/** A chord that is a command of the application, when those are not the guest's. */
function isOurs(event: KeyboardEvent): boolean {
  const shortcut = shortcutOf(event);
  return shortcut !== undefined && commands.find(shortcut, useSettings.getState().shortcuts) !== undefined;
}

/** The display of the current attempt to connect. */
function useDisplay(
  host: React.RefObject<HTMLDivElement | null>,
  props: DisplayStageProps,
): React.RefObject<Display | undefined> {
  const { uri, uuid, kind, alias, connection, scaling, resizeGuest } = props;
  const { serial } = connection;
  const wanted = connection.state.name === 'connecting' || connection.state.name === 'connected';
  const display = useRef<Display>(undefined);
  const now = useRef(props);
  useLayoutEffect(() => {
    now.current = props;
  });

  useEffect(() => {
    const place = host.current;
    if (!wanted || place === null) return undefined;
    let current = true;
    let opened: Display | undefined;
    const closed = (error: ErrorData | undefined): void => {
      if (current) now.current.dispatch({ name: 'closed', error });
    };
    const begin = async (): Promise<void> => {
      const open = await loaders[kind]();
      if (!current) return;
      const { scaling: firstScaling, resizeGuest: firstResize, connection: begun } = now.current;
      opened = open({
        host: place,
        uri,
        uuid,
        alias,
        force: begun.force,
        password: begun.password,
        scaling: firstScaling,
        resizeGuest: firstResize,
        observer: {
          connected: () => undefined,
          drawn: () => now.current.dispatch({ name: 'connected' }),
          size: (width, height) => now.current.onSize({ width, height }),
          resizable: (can) => now.current.onResizable(can),
          relativePointer: () => undefined,
          closed,
        },
      });
      display.current = opened;
    };
    begin().catch((thrown: unknown) => {
      const cause = thrown instanceof Error ? thrown.message : String(thrown);
      closed({ code: 'internal-error', domain: 'none', message: 'The console could not be opened.', cause });
    });
    return () => {
      current = false;
      display.current = undefined;
      opened?.close();
    };
  }, [host, uri, uuid, kind, alias, serial, wanted]);

  useEffect(() => display.current?.setScaling(scaling), [scaling, display]);
  useEffect(() => display.current?.setResizeGuest(resizeGuest), [resizeGuest, display]);
  return display;
}
