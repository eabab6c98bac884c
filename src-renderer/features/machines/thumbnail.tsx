import MonitorOff from 'lucide-react/icons/monitor-off';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { cx } from '../../components/cx.ts';
import { Icon } from '../../components/icon.tsx';
import { stateIcon, stateWord } from './state.tsx';
import styles from './thumbnail.module.css';
import { forgetThumbnail, thumbnailOf, watchThumbnail } from './thumbnails.ts';
import { isActive } from './view.ts';

const ignore = (): void => undefined;

/** The guest's screen, small and lately. */
export function Thumbnail({ machine }: { machine: Machine }): React.JSX.Element {
  const { key } = machine;
  const live = isActive(machine) && machine.hasGraphics;
  const subscribe = useCallback((listener: () => void) => (live ? watchThumbnail(key, listener) : ignore), [key, live]);
  const url = useSyncExternalStore(subscribe, () => thumbnailOf(key));
  useEffect(() => {
    if (!live) forgetThumbnail(key);
  }, [key, live]);

  const shown = live && url !== undefined;
  return (
    <div className={cx(styles.screen, machine.state === 'paused' && styles.paused)} data-picture={shown}>
      {shown ? (
        <img src={url} alt={t('machines:thumbnail.alt', { name: machine.name })} draggable={false} />
      ) : isActive(machine) && !machine.hasGraphics ? (
        <>
          <Icon of={MonitorOff} />
          {t('machines:thumbnail.none')}
        </>
      ) : (
        <>
          <Icon of={stateIcon(machine)} />
          {stateWord(machine)}
        </>
      )}
    </div>
  );
}
