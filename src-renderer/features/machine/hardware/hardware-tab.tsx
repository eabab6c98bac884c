import Plus from 'lucide-react/icons/plus';
import SearchX from 'lucide-react/icons/search-x';
import Trash from 'lucide-react/icons/trash-2';
import { useMemo, useState } from 'react';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { openDialog } from '../../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { go, paths } from '../../../app/routes.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import { SearchInput } from '../../../components/search-input.tsx';
import type { Definition } from '../edit/use-definition.ts';
import { AddHardwareDialog } from './add-hardware-dialog.tsx';
import styles from './hardware.module.css';
import type { Group, HardwareItem } from './item.ts';
import { groupName, itemsOf } from './items.tsx';
import { useHost } from './use-host.ts';

/** Two columns that stay what they are when something is opened in one of them. */
const columns: readonly (readonly Group[])[] = [
  ['system', 'network', 'sound', 'platform', 'other'],
  ['disks', 'display', 'ports', 'controllers'],
];

interface HardwareTabProps {
  readonly machine: Machine;
  readonly definition: Definition;
}

/** What the machine is made of, as an edit that is applied as a whole. */
export default function HardwareTab({ machine, definition }: HardwareTabProps): React.JSX.Element | undefined {
  const { draft, error } = definition;
  if (draft?.model !== undefined && draft.stored.model !== undefined) {
    return <Hardware machine={machine} definition={definition} domain={draft.model} stored={draft.stored.model} />;
  }
  if (draft !== undefined) {
    return (
      <EmptyState icon={SearchX} title={t('machine:hardware.broken')} text={t('machine:hardware.brokenText')}>
        <Button variant="primary" onClick={() => go(paths.machine(machine, 'xml'))}>
          {t('machine:hardware.openXml')}
        </Button>
      </EmptyState>
    );
  }
  return error === undefined ? undefined : (
    <div className={styles.error}>
      <ErrorPanel error={error} />
    </div>
  );
}

function Hardware(props: HardwareTabProps & { domain: Domain; stored: Domain }): React.JSX.Element {
  const { machine, definition, domain, stored } = props;
  const { edit } = definition;
  const [search, setSearch] = useState('');
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const host = useHost(machine, domain);
  const items = useMemo(() => itemsOf({ domain, stored, edit, host }), [domain, stored, edit, host]);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter((item) => {
    const text = `${groupName(item.group)} ${item.name} ${item.detail} ${item.id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const toggle = (id: string, open: boolean): void =>
    setOpened((before) => {
      const next = new Set(before);
      if (open) next.add(id);
      else next.delete(id);
      return next;
    });

  return (
    <div className={styles.hardware}>
      <div className={styles.bar}>
        <SearchInput
          value={search}
          onChange={setSearch}
          placeholder={t('machine:hardware.search')}
          aria-label={t('machine:hardware.search')}
          clearLabel={t('action.clear')}
          className={styles.search}
        />
        <span className={styles.space} />
        <Button
          icon={Plus}
          onClick={() =>
            openDialog((close) => (
              <AddHardwareDialog {...{ machine, domain, edit, close }} onNewVolume={definition.addVolume} />
            ))
          }
        >
          {t('machine:hardware.add')}
        </Button>
      </div>
      {found.length === 0 ? (
        <EmptyState icon={SearchX} title={t('machine:hardware.nothing', { search })} />
      ) : (
        <div className={styles.columns}>
          {columns.map((column) => (
            <div key={column[0]} className={styles.column}>
              {column.map((group) => (
                <GroupCard
                  key={group}
                  group={group}
                  items={found.filter((item) => item.group === group)}
                  opened={opened}
                  onToggle={toggle}
                />
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function GroupCard(props: {
  group: Group;
  items: readonly HardwareItem[];
  opened: ReadonlySet<string>;
  onToggle: (id: string, open: boolean) => void;
}): React.JSX.Element | undefined {
  const { group, items, opened, onToggle } = props;
  if (items.length === 0) return undefined;
  return (
    <section className={styles.group} aria-label={groupName(group)}>
      <h2>{groupName(group)}</h2>
      <div className={styles.card}>
        {items.map((item) => (
          <Line key={item.id} item={item} open={opened.has(item.id)} onToggle={(open) => onToggle(item.id, open)} />
        ))}
      </div>
    </section>
  );
}

function Line(props: { item: HardwareItem; open: boolean; onToggle: (open: boolean) => void }): React.JSX.Element {
  const { item, open, onToggle } = props;
  const { icon, name, detail, edited, form, remove } = item;
  return (
    <details className={styles.item} open={open} onToggle={(event) => onToggle(event.currentTarget.open)}>
      <summary className={styles.summary}>
        <Icon of={icon} className={styles.icon} />
        <span className={styles.name}>{name}</span>
        {edited && <Badge tone="info">{t('machine:hardware.edited')}</Badge>}
        <span className={styles.detail}>{detail}</span>
      </summary>
      {open && (
        <div className={styles.form}>
          {form()}
          {remove !== undefined && (
            <div className={styles.remove}>
              <Button
                variant="quiet"
                size="small"
                icon={Trash}
                aria-label={t('machine:hardware.removeNamed', { name })}
                onClick={() => {
                  onToggle(false);
                  remove();
                }}
              >
                {t('machine:hardware.remove')}
              </Button>
            </div>
          )}
        </div>
      )}
    </details>
  );
}
