import ArrowLeft from 'lucide-react/icons/arrow-left';
import Shield from 'lucide-react/icons/shield';
import Trash from 'lucide-react/icons/trash-2';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { formatNwfilter, type Nwfilter, parseNwfilter } from '../../../../src-shared/model/nwfilter.ts';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type { NwfilterSummary } from '../../../../src-shared/model/nwfilter-summary.ts';
import { engine, errorDataOf } from '../../../app/client.ts';
import { type Draft, discarded, draftsOf, isChanged } from '../../../app/edit/draft.ts';
import { useLeaveGuard } from '../../../app/edit/use-leave-guard.ts';
import { confirm } from '../../../app/feedback/confirm.tsx';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { notify, reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import { go, paths } from '../../../app/routes.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useSettings } from '../../../app/store/settings-store.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { EditBar } from '../edit-bar.tsx';
import page from '../network-page.module.css';
import { aboutFilter } from './about.ts';
import styles from './filters.module.css';
import { type FiltersView, useFilters } from './use-filters.ts';

const Xml = lazy(() => import('../../machine/xml/xml-editing.tsx'));

const drafts = draftsOf<Nwfilter>(parseNwfilter, formatNwfilter);
const home = paths.network('filters');

/** One network filter as its XML, with what uses it; or a new one. */
export default function FilterPage({ uuid }: { uuid: string }): React.JSX.Element | undefined {
  const uri = useSettings((state) => state.defaultUri);
  const view = useFilters(uri);
  const filter = view.filters?.find((each) => each.uuid === uuid);
  if (uuid === 'new') return view.filters === undefined ? undefined : <NewFilter view={view} />;
  if (filter !== undefined) return <Stored key={uuid} view={view} filter={filter} />;
  if (view.filters === undefined && view.error === undefined) return undefined;
  return (
    <EmptyState icon={Shield} title={t('filters:gone')} text={t('filters:goneText')}>
      {view.error !== undefined && <ErrorPanel error={view.error} />}
      <Button variant="primary" onClick={() => go(home)}>
        {t('filters:back')}
      </Button>
    </EmptyState>
  );
}

function NewFilter({ view }: { view: FiltersView }): React.JSX.Element {
  const [draft, setDraft] = useState(() => drafts.ofNew(example(freeName(view))));
  return <Editing view={view} draft={draft} setDraft={setDraft} />;
}

function Stored({ view, filter }: { view: FiltersView; filter: NwfilterSummary }): React.JSX.Element | undefined {
  const [draft, setDraft] = useState<Draft<Nwfilter>>();
  const [error, setError] = useState<ErrorData>();
  const { uri, filters } = view;
  const { uuid } = filter;
  useEffect(() => {
    let current = true;
    engine.call('nwfilters.xml', { uri, uuid }).then(
      (xml) => {
        if (current) setDraft((before) => drafts.withStored(before, xml));
      },
      (thrown: unknown) => {
        if (current) setError(errorDataOf(thrown));
      },
    );
    return () => {
      current = false;
    };
    // Another list may be of another definition.
  }, [uri, uuid, filters]);
  if (error !== undefined) return <ErrorPanel error={error} />;
  return draft === undefined ? undefined : <Editing view={view} filter={filter} draft={draft} setDraft={setDraft} />;
}

function Editing(props: {
  view: FiltersView;
  filter?: NwfilterSummary;
  draft: Draft<Nwfilter>;
  setDraft: (draft: Draft<Nwfilter>) => void;
}): React.JSX.Element {
  const { view, filter, draft, setDraft } = props;
  const { uri, bindings } = view;
  const changed = isChanged(draft);
  const discard = useCallback(() => {
    if (filter === undefined) go(home);
    else setDraft({ ...discarded(draft), overtaken: false });
  }, [filter, draft, setDraft]);
  useLeaveGuard({
    changed: filter !== undefined && changed,
    keeps: () => false,
    question: () => ({
      title: t('filters:leave.title'),
      text: t('filters:leave.text'),
      confirm: t('filters:leave.confirm'),
      danger: true,
    }),
    discard,
  });
  const save = async (): Promise<void> => {
    const { uuid, name } = await engine.call('nwfilters.define', { uri, xml: draft.text, author: 'window' });
    const count = bindings.filter(({ filterName }) => filterName === name).length;
    setDraft(drafts.of(await engine.call('nwfilters.xml', { uri, uuid })));
    view.reload();
    notify({
      tone: 'ok',
      text: count === 0 ? t('filters:saved', { name }) : t('filters:savedInForce', { name, count }),
    });
    if (filter === undefined) go(paths.network('filters', uuid));
  };
  const name = filter?.name ?? draft.model?.name ?? '';
  return (
    <div className={page.screen}>
      <header className={page.header}>
        <IconButton icon={ArrowLeft} label={t('filters:back')} onClick={() => go(home)} />
        <h1 data-selectable>{filter === undefined ? t('filters:new') : name}</h1>
        {filter !== undefined && <span className={page.kind}>{aboutFilter(name)}</span>}
        <span className={page.space} />
        {filter !== undefined && (
          <Button icon={Trash} onClick={() => remove(view, filter)}>
            {t('filters:remove')}
          </Button>
        )}
      </header>
      {filter !== undefined && <Uses view={view} name={name} />}
      <div className={page.panel}>
        <Suspense fallback={null}>
          <Xml
            text={draft.text}
            isChanged={changed}
            setText={(text) => setDraft(drafts.withText(draft, text))}
            discard={discard}
          />
        </Suspense>
      </div>
      {changed && (
        <EditBar
          words={t(filter === undefined ? 'filters:isNew' : 'filters:dirty')}
          confirm={t(filter === undefined ? 'filters:createVerb' : 'filters:saveVerb')}
          valid={draft.model !== undefined}
          overtaken={draft.overtaken}
          submit={save}
          discard={discard}
        />
      )}
    </div>
  );
}

function Uses({ view, name }: { view: FiltersView; name: string }): React.JSX.Element {
  const machines = useInventory((state) => state.machines);
  const users = view.users.filter(({ filter }) => filter === name);
  const names = [...machines.values()]
    .filter(({ uri, uuid }) => uri === view.uri && users.some((user) => user.uuid === uuid))
    .map((machine) => machine.name);
  const links = view.bindings.filter(({ filterName }) => filterName === name).map(({ portDev }) => portDev);
  const used = names.length === 0 ? t('filters:unused') : t('filters:usedBy', { machines: names.join(', ') });
  return (
    <p className={styles.uses}>
      {used}
      {links.length > 0 && ` · ${t('filters:inForceOn', { links: links.join(', ') })}`}
    </p>
  );
}

function remove(view: FiltersView, { uuid, name }: NwfilterSummary): void {
  const ask = async (): Promise<void> => {
    const sure = await confirm({
      title: t('filters:removeTitle', { name }),
      text: t('filters:removeText'),
      confirm: t('filters:removeVerb'),
      danger: true,
    });
    if (!sure) return;
    await engine.call('nwfilters.undefine', { uri: view.uri, uuid });
    view.reload();
    notify({ tone: 'ok', text: t('filters:removed', { name }) });
    go(home);
  };
  ask().catch(reportError);
}

function freeName({ filters }: FiltersView): string {
  const taken = new Set(filters?.map(({ name }) => name));
  let number = 1;
  while (taken.has(`filter-${number}`)) number += 1;
  return `filter-${number}`;
}

/** Something to begin with that says how rules look. */
const example = (name: string): Nwfilter =>
  parseNwfilter(`<filter name='${name}' chain='root'>
  <filterref filter='clean-traffic'/>
</filter>`);
