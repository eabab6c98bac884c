import Folder from 'lucide-react/icons/folder';
import Layers from 'lucide-react/icons/layers';
import CirclePlay from 'lucide-react/icons/circle-play';
import Power from 'lucide-react/icons/power';
import Server from 'lucide-react/icons/server';
import ServerOff from 'lucide-react/icons/server-off';
import Tag from 'lucide-react/icons/tag';
import Trash from 'lucide-react/icons/trash-2';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useMemo, useState } from 'react';
import { reportError } from '../../app/feedback/notices.ts';
import { hostLabel } from '../../app/host-label.ts';
import { t } from '../../app/i18n.ts';
import { paths } from '../../app/routes.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { machineByKey, useInventory } from '../../app/store/inventory-store.ts';
import { cx } from '../../components/cx.ts';
import { Icon, type IconType } from '../../components/icon.tsx';
import { organise } from './actions.ts';
import { carriesMachines, takeMachines } from './drag.ts';
import { setFilter, useMachines } from './machines-store.ts';
import styles from './sidebar.module.css';
import { folderTree, inView, type SmartView, smartViews, tagCounts, type ViewFilter } from './view.ts';

const icons: Readonly<Record<SmartView, IconType>> = {
  all: Layers,
  running: CirclePlay,
  off: Power,
  attention: TriangleAlert,
};

/** Smart views, folders and tags: what the list is about. */
export function Sidebar(): React.JSX.Element {
  const machines = useInventory((state) => state.machines);
  const connections = useInventory((state) => state.connections);
  const filter = useMachines((state) => state.filter);
  const all = useMemo(() => [...machines.values()], [machines]);
  const folders = useMemo(() => folderTree(all), [all]);
  const tags = useMemo(() => tagCounts(all), [all]);
  const hosts = [...connections.values()].filter((each) => each.state !== 'closed');

  return (
    <div className={styles.sidebar}>
      <h1 className={styles.head}>{t('nav.machines')}</h1>
      <div>
        {smartViews.map((view) => {
          const count = all.filter((machine) => inView(machine, { type: 'smart', view })).length;
          return (
            <View
              key={view}
              icon={icons[view]}
              label={t(`machines:views.${view}`)}
              count={count}
              current={filter.type === 'smart' && filter.view === view}
              filter={{ type: 'smart', view }}
              {...(view === 'attention' && count > 0 ? { className: styles.attention } : {})}
            />
          );
        })}
      </div>
      {hosts.length > 1 && (
        <Section heading={t('nav.hosts')}>
          {hosts.map(({ uri, label, state, seenMs }) => (
            <View
              key={uri}
              icon={state === 'failed' || seenMs !== undefined ? ServerOff : Server}
              label={hostLabel({ uri, label })}
              count={all.filter((machine) => machine.uri === uri).length}
              current={filter.type === 'host' && filter.uri === uri}
              filter={{ type: 'host', uri }}
            />
          ))}
        </Section>
      )}
      <Section heading={t('machines:views.folders')}>
        {folders.length === 0 && <p className={styles.hint}>{t('machines:views.noFolders')}</p>}
        {folders.map(({ path, name, depth, count }) => (
          <View
            key={path}
            icon={Folder}
            label={name}
            count={count}
            depth={depth}
            current={filter.type === 'folder' && filter.folder === path}
            filter={{ type: 'folder', folder: path }}
            onDropMachines={(dropped) => organise(dropped, { folder: path })}
          />
        ))}
      </Section>
      <Section heading={t('machines:views.tags')}>
        {tags.length === 0 && <p className={styles.hint}>{t('machines:views.noTags')}</p>}
        {tags.map(([tag, count]) => (
          <View
            key={tag}
            icon={Tag}
            label={tag}
            count={count}
            current={filter.type === 'tag' && filter.tag === tag}
            filter={{ type: 'tag', tag }}
            onDropMachines={(dropped) => organise(dropped, { addTags: [tag] })}
          />
        ))}
      </Section>
      <div className={styles.section}>
        <a className={styles.view} href={`#${paths.bin}`} draggable={false}>
          <Icon of={Trash} />
          {t('nav.bin')}
        </a>
      </div>
    </div>
  );
}

function Section({ heading, children }: { heading: string; children: React.ReactNode }): React.JSX.Element {
  return (
    <section className={styles.section} aria-label={heading}>
      <h2 className={styles.heading}>{heading}</h2>
      <div>{children}</div>
    </section>
  );
}

interface ViewProps {
  readonly icon: IconType;
  readonly label: string;
  readonly count: number;
  readonly depth?: number;
  readonly current: boolean;
  readonly filter: ViewFilter;
  readonly className?: string | undefined;
  readonly onDropMachines?: (machines: readonly Machine[]) => Promise<void>;
}

function View(props: ViewProps): React.JSX.Element {
  const { icon, label, count, depth = 0, current, filter, className, onDropMachines } = props;
  const [over, setOver] = useState(false);
  return (
    <button
      type="button"
      className={cx(styles.view, className)}
      style={depth === 0 ? undefined : { paddingLeft: 8 + depth * 16 }}
      aria-current={current ? 'true' : undefined}
      data-drop={over}
      onClick={() => setFilter(filter)}
      onDragOver={(event) => {
        if (onDropMachines === undefined || !carriesMachines(event.dataTransfer)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (onDropMachines === undefined) return;
        event.preventDefault();
        const dropped = takeMachines(event.dataTransfer)
          .map(machineByKey)
          .filter((machine) => machine !== undefined);
        onDropMachines(dropped).catch(reportError);
      }}
    >
      <Icon of={icon} />
      <span className="truncate">{label}</span>
      <span className={styles.count}>{count}</span>
    </button>
  );
}
