import Shield from 'lucide-react/icons/shield';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { paths } from '../../../app/routes.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { Button } from '../../../components/button.tsx';
import { DataTable, type TableColumn } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import type { NwfilterSummary } from '../../../../src-shared/model/nwfilter-summary.ts';
import { aboutFilter } from './about.ts';
import list from '../networks-screen.module.css';
import { type FiltersView as Filters, useFilters } from './use-filters.ts';

/** The network filters of the chosen connection. */
export default function FiltersView(): React.JSX.Element {
  const uri = useSettings((state) => state.defaultUri);
  const view = useFilters(uri);
  const { error, filters, reload } = view;
  if (error?.code === 'no-support') {
    return <EmptyState icon={Shield} title={t('filters:noSupport')} text={t('filters:noSupportText')} />;
  }
  if (error !== undefined) {
    return (
      <div className={list.pad}>
        <ErrorPanel error={error} actions={<Button onClick={reload}>{t('action.retry')}</Button>} />
      </div>
    );
  }
  if (filters?.length === 0) {
    return <EmptyState icon={Shield} title={t('filters:none')} text={t('filters:noneText')} />;
  }
  return <List view={view} />;
}

function List({ view }: { view: Filters }): React.JSX.Element {
  const machines = useInventory((state) => state.machines);
  const { filters, users, bindings, uri } = view;
  const usersOf = (name: string): readonly string[] => [
    ...new Set(
      users
        .filter(({ filter }) => filter === name)
        .map(
          ({ uuid }) =>
            [...machines.values()].find((machine) => machine.uri === uri && machine.uuid === uuid)?.name ?? uuid,
        ),
    ),
  ];
  const linksOf = (name: string): readonly string[] =>
    bindings.filter(({ filterName }) => filterName === name).map(({ portDev }) => portDev);
  const listed = (words: readonly string[]): string => (words.length === 0 ? '–' : words.join(', '));
  const columns: readonly TableColumn<NwfilterSummary>[] = [
    {
      id: 'name',
      label: t('filters:column.name'),
      sort: ({ name }) => name,
      cell: ({ name, uuid }) => (
        <a className={list.name} href={`#${paths.network('filters', uuid)}`} draggable={false}>
          {name}
        </a>
      ),
    },
    {
      id: 'about',
      label: t('filters:column.about'),
      sort: ({ name }) => aboutFilter(name),
      cell: ({ name }) => aboutFilter(name),
    },
    {
      id: 'machines',
      label: t('filters:column.machines'),
      sort: ({ name }) => listed(usersOf(name)),
      cell: ({ name }) => listed(usersOf(name)),
    },
    {
      id: 'inForce',
      label: t('filters:column.inForce'),
      sort: ({ name }) => listed(linksOf(name)),
      cell: ({ name }) => listed(linksOf(name)),
    },
  ];
  return (
    <DataTable
      className={list.table}
      label={t('filters:label')}
      rows={filters}
      rowKey={({ uuid }) => uuid}
      columns={columns}
    />
  );
}
