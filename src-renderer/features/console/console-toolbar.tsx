import AppWindow from 'lucide-react/icons/app-window';
import Camera from 'lucide-react/icons/camera';
import ClipboardPaste from 'lucide-react/icons/clipboard-paste';
import ClipboardType from 'lucide-react/icons/clipboard-type';
import Copy from 'lucide-react/icons/copy';
import Eraser from 'lucide-react/icons/eraser';
import Keyboard from 'lucide-react/icons/keyboard';
import Maximize from 'lucide-react/icons/maximize';
import Minimize from 'lucide-react/icons/minimize';

import Search from 'lucide-react/icons/search';
import Settings2 from 'lucide-react/icons/settings-2';
import { IconButton } from '../../components/button.tsx';
import { KeyHint } from '../../components/key-hint.tsx';
import type { MenuSection } from '../../components/menu.tsx';
import { MenuButton } from '../../components/menu-button.tsx';
import { Toolbar, ToolbarLine, ToolbarSpace } from '../../components/toolbar.tsx';
import type { ConsoleEndpointInfo } from '../../../src-shared/contract/domains.ts';
import { keysOf } from '../../app/commands/commands.ts';
import { t } from '../../app/i18n.ts';
import { keyOf, nameOf } from './console-list.ts';
import styles from './console-view.module.css';
import type { Scaling } from './display/scaling.ts';
import { type Chord, chordGroups, chordText } from './keys/chords.ts';

export interface ConsoleToolbarProps {
  readonly consoles: readonly ConsoleEndpointInfo[];
  readonly shown: ConsoleEndpointInfo | undefined;
  readonly onChoose: (key: string) => void;
  readonly connected: boolean;
  readonly held: boolean;
  readonly status: string;
  readonly view: {
    readonly scaling: Scaling;
    readonly resizeGuest: boolean;
    readonly resizable: boolean;
    readonly grabKeys: boolean;
  };
  readonly fullScreen: boolean;
  /** Absent in a window of its own. */
  readonly onPopOut: (() => void) | undefined;
  readonly act: {
    readonly send: (chord: Chord) => void;
    readonly sendCustom: () => void;
    readonly typeText: () => void;
    readonly picture: () => void;
    readonly scale: (scaling: Scaling) => void;
    readonly resizeGuest: (on: boolean) => void;
    readonly grabKeys: (on: boolean) => void;
    readonly fullScreen: (on: boolean) => void;
    readonly search: () => void;
    readonly copy: () => void;
    readonly paste: () => void;
    readonly clear: () => void;
  };
}

const scalings: readonly Scaling[] = ['fit', 'fill', 'actual'];

export function ConsoleToolbar(props: ConsoleToolbarProps): React.JSX.Element {
  const { consoles, shown, connected, held, status, fullScreen, onPopOut, act } = props;
  const isScreen = shown?.kind === 'vnc' || shown?.kind === 'spice';
  return (
    <div className={styles.bar}>
      <Toolbar label={t('console:toolbar.label')}>
        {shown !== undefined && consoles.length > 1 && (
          <>
            <MenuButton
              variant="quiet"
              aria-label={`${t('console:toolbar.choose')}: ${nameOf(consoles, shown)}`}
              sections={() => chooserSections(props)}
            >
              {nameOf(consoles, shown)}
            </MenuButton>
            <ToolbarLine />
          </>
        )}
        {isScreen && (
          <>
            <MenuButton variant="quiet" icon={Keyboard} disabled={!connected} sections={() => keySections(act)}>
              {t('console:toolbar.sendKeys')}
            </MenuButton>
            <IconButton
              icon={ClipboardType}
              label={t('console:toolbar.typeText')}
              disabled={!connected}
              onClick={act.typeText}
            />
            <IconButton
              icon={Camera}
              label={t('console:toolbar.screenshot')}
              disabled={!connected}
              onClick={act.picture}
            />
          </>
        )}
        {shown !== undefined && !isScreen && (
          <>
            <IconButton icon={Search} label={t('console:toolbar.search')} keys="Ctrl+Shift+F" onClick={act.search} />
            <IconButton icon={Copy} label={t('console:toolbar.copy')} keys="Ctrl+Shift+C" onClick={act.copy} />
            <IconButton
              icon={ClipboardPaste}
              label={t('console:toolbar.paste')}
              keys="Ctrl+Shift+V"
              disabled={!connected}
              onClick={act.paste}
            />
            <IconButton icon={Eraser} label={t('console:toolbar.clear')} onClick={act.clear} />
          </>
        )}
        <ToolbarSpace />
        {connected && (isScreen || held) && (
          <span className={styles.hint} data-held={held}>
            <KeyHint keys={held ? 'Ctrl+Alt' : 'Enter'} />
            <span>{t(held ? 'console:keyboard.hint' : 'console:keyboard.enter')}</span>
          </span>
        )}
        <span className={styles.status} role="status">
          <span>{status}</span>
        </span>
        {shown !== undefined && (
          <MenuButton variant="quiet" icon={Settings2} align="end" sections={() => viewSections(props, isScreen)}>
            {t('console:toolbar.view')}
          </MenuButton>
        )}
        {onPopOut !== undefined && (
          <IconButton icon={AppWindow} label={t('console:toolbar.popOut')} onClick={onPopOut} />
        )}
        <IconButton
          icon={fullScreen ? Minimize : Maximize}
          label={t(fullScreen ? 'console:toolbar.leaveFullScreen' : 'console:toolbar.fullScreen')}
          keys={keysOf('view.fullScreen')}
          onClick={() => act.fullScreen(!fullScreen)}
        />
      </Toolbar>
    </div>
  );
}

function chooserSections({ consoles, shown, onChoose }: ConsoleToolbarProps): readonly MenuSection[] {
  const items = consoles.map((each) => ({
    id: keyOf(each),
    label: nameOf(consoles, each),
    checked: shown !== undefined && keyOf(each) === keyOf(shown),
    run: () => onChoose(keyOf(each)),
  }));
  return [{ id: 'consoles', items }];
}

function keySections(act: ConsoleToolbarProps['act']): readonly MenuSection[] {
  const item = (chord: Chord): MenuSection['items'][number] => ({
    id: chord.join(' '),
    label: chordText(chord),
    run: () => act.send(chord),
  });
  const [desktop = [], terminals = []] = chordGroups;
  return [
    { id: 'desktop', items: desktop.map(item) },
    { id: 'terminals', heading: t('console:keys.terminals'), items: terminals.map(item) },
    { id: 'custom', items: [{ id: 'custom', label: t('console:keys.custom'), run: act.sendCustom }] },
  ];
}

function viewSections({ view, act }: ConsoleToolbarProps, isScreen: boolean): readonly MenuSection[] {
  const sizes = scalings.map((scaling) => ({
    id: scaling,
    label: t(`console:scaling.${scaling}`),
    checked: view.scaling === scaling,
    run: () => act.scale(scaling),
  }));
  const resize = {
    id: 'resize-guest',
    label: t(view.resizable ? 'console:view.resizeGuest' : 'console:view.resizeGuestUnable'),
    checked: view.resizeGuest,
    disabled: !view.resizable,
    run: () => act.resizeGuest(!view.resizeGuest),
  };
  const keys = {
    id: 'grab-keys',
    label: t('console:view.grabKeys'),
    checked: view.grabKeys,
    run: () => act.grabKeys(!view.grabKeys),
  };
  return [
    ...(isScreen ? [{ id: 'size', heading: t('console:scaling.heading'), items: sizes }] : []),
    { id: 'more', items: isScreen ? [resize, keys] : [keys] },
  ];
}
