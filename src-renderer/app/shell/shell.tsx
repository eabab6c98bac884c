import { LiveRegion } from '../../components/live-region.tsx';
import { TooltipLayer } from '../../components/tooltip-layer.tsx';
import { DialogHost } from '../feedback/dialogs.tsx';
import { PromptHost } from '../feedback/prompt-host.tsx';
import { NoticeList } from '../feedback/notice-list.tsx';
import { t } from '../i18n.ts';
import { Screen } from '../screens.tsx';
import { usePlace } from '../use-place.ts';
import { JobAnnouncer } from './job-announcer.tsx';
import { Rail } from './rail.tsx';
import styles from './shell.module.css';
import { StatusBar } from './status-bar.tsx';

export function Shell(): React.JSX.Element {
  // A console's window of its own holds nothing but the console.
  const alone = usePlace().name === 'console';
  return (
    <div className={alone ? styles.alone : styles.shell}>
      {!alone && <Rail />}
      <main className={styles.main} aria-label={t('nav.content')}>
        <Screen />
      </main>
      {!alone && <StatusBar />}
      <NoticeList />
      <DialogHost />
      {!alone && <PromptHost />}
      <JobAnnouncer />
      <LiveRegion />
      <TooltipLayer />
    </div>
  );
}
