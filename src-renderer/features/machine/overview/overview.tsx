import Info from 'lucide-react/icons/info';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { go, paths } from '../../../app/routes.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { useWatchedStats } from '../../../app/store/watch-stats.ts';
import { cx } from '../../../components/cx.ts';
import { Icon } from '../../../components/icon.tsx';
import { Thumbnail } from '../../machines/thumbnail.tsx';
import { isActive } from '../../machines/view.ts';
import type { Definition } from '../edit/use-definition.ts';
import { Facts } from './facts.tsx';
import { Identity } from './identity.tsx';
import { PastDefinitions } from './past-definitions.tsx';
import { noteOf } from '../../machines/note.ts';
import styles from './overview.module.css';
import { Usage } from './usage.tsx';

/** The machine at a glance. */
export function Overview(props: { machine: Machine; definition: Definition }): React.JSX.Element {
  const { machine, definition } = props;
  const active = isActive(machine);
  useWatchedStats(active ? [machine.uri] : []);
  const note = noteOf(machine);
  const hasHistory = useInventory(
    ({ connections }) => connections.get(machine.uri)?.domainVerbs.includes('history') === true,
  );
  return (
    <div className={styles.overview}>
      <div className={styles.side}>
        <button
          type="button"
          className={styles.screen}
          aria-label={t('machines:verb.console')}
          data-tip={t('machines:verb.console')}
          onClick={() => go(paths.machine(machine, 'console'))}
        >
          <Thumbnail machine={machine} />
        </button>
        {active && <Usage machine={machine} />}
        <Identity
          key={`${machine.title} ${definition.draft?.stored.model?.description}`}
          machine={machine}
          definition={definition}
        />
      </div>
      <div className={styles.main}>
        {note !== undefined && <Note tone="warn">{note}</Note>}
        {machine.pendingChanges && <Note tone="info">{t('machine:overview.pending')}</Note>}
        {!machine.persistent && <Note tone="info">{t('machine:overview.transient')}</Note>}
        {definition.error !== undefined && <ErrorPanel error={definition.error} />}
        <Facts machine={machine} domain={definition.draft?.stored.model} />
        {hasHistory && <PastDefinitions machine={machine} definition={definition} />}
      </div>
    </div>
  );
}

function Note({ tone, children }: { tone: 'warn' | 'info'; children: string }): React.JSX.Element {
  return (
    <p className={cx(styles.note, styles[tone])}>
      <Icon of={tone === 'warn' ? TriangleAlert : Info} />
      <span data-selectable>{children}</span>
    </p>
  );
}
