import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import Info from 'lucide-react/icons/info';
import X from 'lucide-react/icons/x';
import { useEffect, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { t } from '../i18n.ts';
import { openDialog } from './dialogs.tsx';
import { ErrorPanel } from './error-panel.tsx';
import styles from './notice-list.module.css';
import { dismiss, type Notice, useNotices } from './notices.ts';

const icons = { info: Info, ok: CircleCheck, danger: CircleAlert };

export function NoticeList(): React.JSX.Element {
  const notices = useNotices((state) => state.notices);
  return (
    <section className={styles.list} aria-label={t('notices.label')} aria-live="polite">
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeCard({ notice }: { notice: Notice }): React.JSX.Element {
  const { id, tone, text, action, error, countdownMs, timeoutMs } = notice;
  // Somebody who reads or reaches for it should not have it taken away.
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held || timeoutMs === undefined) return;
    const timer = window.setTimeout(() => dismiss(id), timeoutMs);
    return () => window.clearTimeout(timer);
  }, [held, id, timeoutMs]);

  return (
    <div
      className={cx(styles.notice, styles[tone])}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon of={icons[tone]} />
      <span className={styles.text}>{text}</span>
      <span className={styles.buttons}>
        {error !== undefined && (
          <Button
            size="small"
            variant="quiet"
            onClick={() => {
              dismiss(id);
              openDialog((close) => (
                <Dialog
                  title={t('error.title')}
                  wide
                  onClose={close}
                  onSubmit={close}
                  actions={
                    <Button variant="primary" type="submit">
                      {t('action.close')}
                    </Button>
                  }
                >
                  <ErrorPanel bare error={error} />
                </Dialog>
              ));
            }}
          >
            {t('error.more')}
          </Button>
        )}
        {action !== undefined && (
          <Button
            size="small"
            onClick={() => {
              dismiss(id);
              action.run();
            }}
          >
            {action.label}
          </Button>
        )}
        <IconButton icon={X} size="small" label={t('notices.dismiss')} onClick={() => dismiss(id)} />
      </span>
      {countdownMs !== undefined && (
        <span className={styles.countdown} style={{ animationDuration: `${countdownMs}ms` }} aria-hidden />
      )}
    </div>
  );
}
