import MonitorOff from 'lucide-react/icons/monitor-off';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { t } from '../../app/i18n.ts';
import { useSeenMs } from '../../app/seen.tsx';
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
  const isStale = useSeenMs(machine.uri) !== undefined;
  const live = isActive(machine) && machine.hasGraphics && !isStale;
  const subscribe = useCallback((listener: () => void) => (live ? watchThumbnail(key, listener) : ignore), [key, live]);
  const url = useSyncExternalStore(subscribe, () => thumbnailOf(key));
  useEffect(() => {
    if (!live && !isStale) forgetThumbnail(key);
  }, [key, live, isStale]);

  const shown = (live || isStale) && url !== undefined;
  return (
    <div className={cx(styles.screen, (machine.state === 'paused' || isStale) && styles.paused)} data-picture={shown}>
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
