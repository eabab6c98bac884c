import Check from 'lucide-react/icons/check';
import Undo from 'lucide-react/icons/undo-2';
import { useEffect, useRef, useState } from 'react';
import type { PendingChange } from '../../../../src-shared/model/interface-summary.ts';
import { engine } from '../../../app/client.ts';
import { notify, reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import { Button } from '../../../components/button.tsx';
import { announce } from '../../../components/live-region.tsx';
import styles from './interfaces.module.css';
import { usePending } from './use-interfaces.ts';

/** The change that stands, with the time it has left; nothing when there is none. */
export function PendingBanner({ uri }: { uri: string }): React.JSX.Element | undefined {
  const pending = usePending(uri);
  if (pending === undefined) return undefined;
  return <Standing key={pending.startedMs} uri={uri} pending={pending} />;
}

function Standing({ uri, pending }: { uri: string; pending: PendingChange }): React.JSX.Element {
  const { kind, bridge = '', device = '', deadlineMs } = pending;
  const [busy, setBusy] = useState<'commit' | 'rollback'>();
  const isAnswered = useRef(false);
  const keep = useRef<HTMLButtonElement>(null);
  const title = t(`interfaces:pending.${kind}`, { bridge, device });
  useEffect(() => {
    announce(`${title} ${t('interfaces:pending.text')}`);
    keep.current?.focus();
    // Said once, when it comes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(
    () => () => {
      const isOver = deadlineMs !== undefined && Date.now() >= deadlineMs - 500;
      // Nobody may have looked while it went.
      if (isOver && !isAnswered.current) {
        notify({ tone: 'info', text: t(`interfaces:rolledBack.${kind}`, { bridge, device }) });
      }
    },
    [deadlineMs, kind, bridge, device],
  );
  const answer = (verb: 'commit' | 'rollback'): void => {
    setBusy(verb);
    engine.call(`interfaces.${verb}`, { uri }).then(
      () => {
        isAnswered.current = true;
        if (verb === 'commit' && kind === 'bridge') {
          notify({ tone: 'ok', text: t('interfaces:kept', { bridge }), timeoutMs: 12_000 });
        }
      },
      (thrown: unknown) => {
        setBusy(undefined);
        reportError(thrown);
      },
    );
  };
  return (
    <section className={styles.pending} aria-label={t('interfaces:pending.label')}>
      {deadlineMs !== undefined && <Seconds deadlineMs={deadlineMs} />}
      <div>
        <h2>{title}</h2>
        <p>{t(deadlineMs === undefined ? 'interfaces:pending.open' : 'interfaces:pending.text')}</p>
      </div>
      <Button
        ref={keep}
        variant="primary"
        size="large"
        icon={Check}
        busy={busy === 'commit'}
        disabled={busy !== undefined}
        onClick={() => answer('commit')}
      >
        {t('interfaces:pending.keep')}
      </Button>
      <Button
        size="large"
        icon={Undo}
        busy={busy === 'rollback'}
        disabled={busy !== undefined}
        onClick={() => answer('rollback')}
      >
        {t('interfaces:pending.rollback')}
      </Button>
    </section>
  );
}

function Seconds({ deadlineMs }: { deadlineMs: number }): React.JSX.Element {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), 250);
    return () => window.clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((deadlineMs - nowMs) / 1000));
  return (
    <span className={styles.seconds} role="timer" aria-label={t('interfaces:pending.left', { count: seconds })}>
      {seconds}
    </span>
  );
}
