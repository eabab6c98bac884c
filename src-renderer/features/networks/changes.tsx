import ShieldCheck from 'lucide-react/icons/shield-check';
import Undo from 'lucide-react/icons/undo-2';
import type { HostChange } from '../../../src-shared/model/network-view.ts';
import { formatTime } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { stopNetwork } from './network-menu.ts';
import styles from './networks-screen.module.css';
import { Sentences } from './plan-view.tsx';
import type { NetworkView } from './use-networks.ts';

const prefix = 'network-';

/** What is changed on this host at present: by whom, when, what; undone by stopping what needs it. */
export function Changes({ view }: { view: NetworkView }): React.JSX.Element {
  const { changes, networks } = view;
  if (networks !== undefined && changes.length === 0) {
    return <EmptyState icon={ShieldCheck} title={t('networks:changes.none')} text={t('networks:changes.noneText')} />;
  }
  return (
    <div className={styles.changes}>
      <p>{t('networks:changes.text')}</p>
      {changes.map((change) => (
        <Change key={change.owner} change={change} view={view} />
      ))}
    </div>
  );
}

function Change({ change, view }: { change: HostChange; view: NetworkView }): React.JSX.Element {
  const { owner, user, timeMs, steps } = change;
  const uuid = owner.startsWith(prefix) ? owner.slice(prefix.length) : undefined;
  const network = view.networks?.find((each) => each.uuid === uuid);
  const name = network?.name ?? owner;
  return (
    <section className={styles.change} aria-label={name}>
      <div className={styles.changeHead}>
        <h2>{t('networks:changes.of', { name })}</h2>
        <span className={styles.who}>{t('networks:changes.who', { user, time: formatTime(timeMs) })}</span>
        <Button
          size="small"
          icon={Undo}
          disabled={network?.active !== true}
          aria-label={t('networks:changes.undoOf', { name })}
          onClick={() => {
            if (network !== undefined) stopNetwork(view, network);
          }}
        >
          {t('action.undo')}
        </Button>
      </div>
      <Sentences label={t('networks:changes.done')} sentences={steps.map(({ sentence }) => sentence)} />
    </section>
  );
}
