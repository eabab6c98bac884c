import Copy from 'lucide-react/icons/copy';
import FileText from 'lucide-react/icons/file-text';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import { useEffect, useRef, useState } from 'react';
import { engine } from '../../../app/client.ts';
import { copyText, ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useAnswer } from '../../../app/use-answer.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Switch } from '../../../components/inputs.tsx';
import { useDomainEvents } from '../use-domain-events.ts';
import styles from './log-tab.module.css';

const tailBytes = 256 * 1024;

/** The end of what the hypervisor wrote about this machine; read anew when something happens to it. */
export function LogTab({ machine }: { machine: Machine }): React.JSX.Element {
  const { uri, uuid } = machine;
  const [follow, setFollow] = useState(true);
  const [shown, setShown] = useState<string>();
  const log = useAnswer(`${uuid}@${uri}`, () => engine.call('domains.log', { uri, uuid, tailBytes }));
  const place = useRef<HTMLPreElement>(null);
  useDomainEvents(machine, log.reload);

  useEffect(() => {
    if (log.value !== undefined) setShown(log.value);
  }, [log.value]);
  useEffect(() => {
    const element = place.current;
    if (follow && element !== null) element.scrollTop = element.scrollHeight;
  }, [follow, shown]);

  return (
    <div className={styles.log}>
      <div className={styles.bar}>
        <Switch label={t('machine:log.follow')} checked={follow} onChange={setFollow} />
        <span className={styles.space} />
        <Button
          variant="quiet"
          icon={Copy}
          disabled={shown === undefined || shown === ''}
          onClick={() => copyText(shown ?? '')}
        >
          {t('action.copy')}
        </Button>
        <IconButton icon={RefreshCw} label={t('machine:log.refresh')} onClick={log.reload} />
      </div>
      {log.error !== undefined ? (
        <div className={styles.error}>
          <ErrorPanel error={log.error} />
        </div>
      ) : shown === '' ? (
        <EmptyState icon={FileText} title={t('machine:log.empty')} text={t('machine:log.emptyText')} />
      ) : (
        <pre
          ref={place}
          className={styles.text}
          tabIndex={0}
          aria-label={t('machine:log.label', { name: machine.name })}
          aria-busy={shown === undefined}
          onWheel={(event) => {
            // Reading further up ends following, as in a terminal.
            if (event.deltaY < 0) setFollow(false);
          }}
        >
          {shown}
        </pre>
      )}
    </div>
  );
}
