import ShieldCheck from 'lucide-react/icons/shield-check';
import Undo from 'lucide-react/icons/undo-2';
import type { HostChange } from '../../../src-shared/model/network-view.ts';
import { formatTime } from '../../app/format.ts';
import { hostText } from '../../app/host-words.ts';
import { t } from '../../app/i18n.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { stopNetwork } from './network-menu.ts';
import styles from './networks-screen.module.css';
import { changeTitle, openRemoveEverything, openUndo } from './remove-everything.tsx';
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
      <div className={styles.changeHead}>
        <p>{t('networks:changes.text')}</p>
        <Button icon={Undo} disabled={changes.length === 0} onClick={() => openRemoveEverything(view.uri, view.reload)}>
          {t('networks:changes.all')}
        </Button>
      </div>
      {changes.map((change) => (
        <Change key={change.owner} change={change} view={view} />
      ))}
    </div>
  );
}

function Change({ change, view }: { change: HostChange; view: NetworkView }): React.JSX.Element {
  const { owner, user, timeMs, steps, isOfEarlierBoot } = change;
  const uuid = owner.startsWith(prefix) ? owner.slice(prefix.length) : undefined;
  const network = view.networks?.find((each) => each.uuid === uuid);
  const name = network?.name ?? changeTitle(owner);
  const isRunning = network?.active === true;
  return (
    <section className={styles.change} aria-label={name}>
      <div className={styles.changeHead}>
        <h2>{title(owner, network?.name)}</h2>
        <span className={styles.who}>
          {t('networks:changes.who', { user, time: formatTime(timeMs) })}
          {isOfEarlierBoot === true && ` (${t('networks:changes.earlier')})`}
        </span>
        <Button
          size="small"
          icon={Undo}
          aria-label={t('networks:changes.undoOf', { name })}
          onClick={() => {
            if (isRunning) stopNetwork(view, network);
            else openUndo(view.uri, change, view.reload);
          }}
        >
          {t('action.undo')}
        </Button>
      </div>
      <Sentences
        label={t('networks:changes.done')}
        sentences={steps.map(({ sentence, words }) => hostText(sentence, words))}
      />
    </section>
  );
}

function title(owner: string, name: string | undefined): string {
  return name === undefined ? changeTitle(owner) : t('networks:changes.of', { name });
}
