/** What stands over the stage while there is no console on it: what is the matter, and the way on. */
import AppWindow from 'lucide-react/icons/app-window';
import LockKeyhole from 'lucide-react/icons/lock-keyhole';
import MonitorOff from 'lucide-react/icons/monitor-off';
import MonitorX from 'lucide-react/icons/monitor-x';
import Power from 'lucide-react/icons/power';
import Unplug from 'lucide-react/icons/unplug';
import Users from 'lucide-react/icons/users';
import { useEffect, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Icon, type IconType } from '../../components/icon.tsx';
import { TextInput } from '../../components/inputs.tsx';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { engine } from '../../app/client.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { errorText } from '../../app/host-words.ts';
import { t } from '../../app/i18n.ts';
import type { ConnectionEvent, ConnectionState } from './connection.ts';
import styles from './console-view.module.css';

interface CardProps {
  readonly icon: IconType;
  readonly title: string;
  readonly text?: string | undefined;
  readonly error?: ErrorData | undefined;
  readonly children?: React.ReactNode;
}

export function Card({ icon, title, text, error, children }: CardProps): React.JSX.Element {
  const shown = error === undefined ? undefined : errorText(error);
  const details = shown === undefined ? [] : [shown.message, shown.cause, shown.fix, shown.details];
  return (
    <div className={styles.cover}>
      <section className={styles.card} role="status">
        <Icon of={icon} />
        <h2 className={styles.cardTitle}>{title}</h2>
        {text !== undefined && <p className={styles.cardText}>{text}</p>}
        {children}
        {details.length > 0 && (
          <details className={styles.cardDetails}>
            <summary>{t('console:failed.details')}</summary>
            <pre>{details.filter((part) => part !== undefined).join('\n')}</pre>
          </details>
        )}
      </section>
    </div>
  );
}

export interface CoverProps {
  readonly uri: string;
  readonly uuid: string;
  readonly name: string;
  readonly isSerial: boolean;
  readonly state: ConnectionState;
  readonly dispatch: (event: ConnectionEvent) => void;
}

export function Cover(props: CoverProps): React.JSX.Element | null {
  const { name, isSerial, state, dispatch } = props;
  switch (state.name) {
    case 'connected':
      return null;
    case 'off':
      return <Off {...props} />;
    case 'connecting':
      return <Late key="connecting" title={t('console:connecting.title', { name })} />;
    case 'waiting':
      return (
        <Late
          key="waiting"
          title={t('console:waiting.title')}
          text={t('console:waiting.text', { name })}
          error={state.error}
        >
          <div className={styles.cardActions}>
            <Button onClick={() => dispatch({ name: 'retry' })}>{t('console:waiting.now')}</Button>
          </div>
        </Late>
      );
    case 'busy':
      return (
        <Card
          icon={Users}
          title={t('console:busy.title')}
          text={t(isSerial ? 'console:busy.textSerial' : 'console:busy.text')}
        >
          <div className={styles.cardActions}>
            <Button onClick={() => dispatch({ name: 'retry' })}>{t('action.retry')}</Button>
            <Button variant="primary" onClick={() => dispatch({ name: 'retry', force: true })}>
              {t('console:busy.take')}
            </Button>
          </div>
        </Card>
      );
    case 'password':
      return <Password dispatch={dispatch} />;
    case 'failed':
      return (
        <Card
          icon={MonitorX}
          title={t('console:failed.title')}
          text={errorText(state.error).message}
          error={state.error}
        >
          <div className={styles.cardActions}>
            <Button onClick={() => dispatch({ name: 'retry' })}>{t('action.retry')}</Button>
          </div>
        </Card>
      );
    case 'elsewhere':
      return (
        <Card icon={AppWindow} title={t('console:elsewhere.title')} text={t('console:elsewhere.text')}>
          <div className={styles.cardActions}>
            <Button onClick={() => dispatch({ name: 'retry', force: true })}>{t('console:elsewhere.back')}</Button>
          </div>
        </Card>
      );
  }
}

function Off({ uri, uuid, name }: CoverProps): React.JSX.Element {
  const [starting, setStarting] = useState(false);
  const start = async (): Promise<void> => {
    setStarting(true);
    try {
      await engine.call('domains.start', { uri, uuid });
    } finally {
      setStarting(false);
    }
  };
  return (
    <Card icon={MonitorOff} title={t('console:off.title', { name })} text={t('console:off.text')}>
      <div className={styles.cardActions}>
        <Button
          variant="primary"
          icon={Power}
          busy={starting}
          disabled={starting}
          onClick={() => void start().catch(reportError)}
        >
          {t(starting ? 'console:off.starting' : 'console:off.start')}
        </Button>
      </div>
    </Card>
  );
}

function Password({ dispatch }: Pick<CoverProps, 'dispatch'>): React.JSX.Element {
  const [password, setPassword] = useState('');
  return (
    <Card icon={LockKeyhole} title={t('console:password.title')}>
      <form
        className={styles.cardForm}
        onSubmit={(event) => {
          event.preventDefault();
          dispatch({ name: 'retry', password });
        }}
      >
        <TextInput
          type="password"
          aria-label={t('console:password.label')}
          value={password}
          onChange={setPassword}
          autoFocus
        />
        <Button type="submit" variant="primary">
          {t('console:password.connect')}
        </Button>
      </form>
    </Card>
  );
}

const lateMs = 400;

/** Not shown for what is over in a moment: a flash would be the larger disturbance. */
function Late(props: Omit<CardProps, 'icon'>): React.JSX.Element | null {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), lateMs);
    return () => window.clearTimeout(timer);
  }, []);
  return late ? <Card {...props} icon={Unplug} /> : null;
}
