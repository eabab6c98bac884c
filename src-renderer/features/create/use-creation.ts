/** The page's conversation with the engine: what is at the path, what the system wants, what would be made. */
import { useEffect, useReducer, useState } from 'react';
import type { Creation, CreationPlan, OsInfo, OsResources } from '../../../src-shared/contract/create.ts';
import type { NodeSummary } from '../../../src-shared/contract/connections.ts';
import type { PoolInfo } from '../../../src-shared/contract/storage.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { engine, errorDataOf } from '../../app/client.ts';
import { useCreateStart } from '../../app/store/create-start.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import { creationOf, type Defaults, type Draft, emptyDraft, nameBase, needsFile, osOf, sourceFor } from './draft.ts';

export interface CreationState {
  /** The host it is made on. */
  readonly uri: string;
  readonly draft: Draft;
  readonly change: (change: Partial<Draft>) => void;
  /** Recommendations; undefined until the first have arrived. */
  readonly defaults: Defaults | undefined;
  readonly creation: Creation | undefined;
  readonly plan: CreationPlan | undefined;
  readonly inspecting: boolean;
  /** What went wrong with the medium or the plan; shown in its place. */
  readonly mediumError: ErrorData | undefined;
  readonly planError: ErrorData | undefined;
  readonly systems: readonly OsInfo[];
  readonly host: NodeSummary | undefined;
  readonly pools: readonly PoolInfo[];
}

const planDelayMs = 150;

function startDraft(): Draft {
  const { start } = useCreateStart.getState();
  if (start === undefined) return emptyDraft;
  return 'path' in start ? { ...emptyDraft, path: start.path } : { ...emptyDraft, source: start.source };
}

export function useCreation(): CreationState {
  const defaultUri = useSettings((state) => state.defaultUri);
  const graphics = useSettings((state) => state.defaultGraphics);
  const [draft, change] = useReducer(
    (state: Draft, next: Partial<Draft>): Draft => ({ ...state, ...next }),
    undefined,
    startDraft,
  );
  const uri = draft.uri ?? defaultUri;
  const [resources, setResources] = useState<OsResources>();
  const [suggestedName, setSuggestedName] = useState('');
  const [inspecting, setInspecting] = useState(false);
  const [mediumError, setMediumError] = useState<ErrorData>();
  const [planned, setPlanned] = useState<{ readonly plan?: CreationPlan; readonly error?: ErrorData }>({});
  const [systems, setSystems] = useState<readonly OsInfo[]>([]);
  const [host, setHost] = useState<NodeSummary>();
  const [pools, setPools] = useState<readonly PoolInfo[]>([]);

  useEffect(() => {
    // Each is a help, none is needed: without them the form still works, and says so where it matters.
    const settle = (thrown: unknown): void => setPlanned({ error: errorDataOf(thrown) });
    engine.call('create.operating-systems', {}).then(setSystems, settle);
    engine.call('connections.node', { uri }).then(setHost, settle);
    engine
      .call('storage.default-pool', { uri })
      .then(async () => setPools((await engine.call('storage.pools', { uri })).filter((pool) => pool.active)), settle);
  }, [uri]);

  // A file dropped while the page is open starts anew with it.
  useEffect(
    () =>
      useCreateStart.subscribe(({ start }) => {
        if (start !== undefined && 'path' in start) change({ path: start.path, medium: undefined, osId: undefined });
      }),
    [],
  );

  const { path, source } = draft;
  const wantsFile = needsFile(source);
  useEffect(() => {
    setMediumError(undefined);
    if (!wantsFile || path === '') return;
    let current = true;
    setInspecting(true);
    const end = (): void => {
      if (current) setInspecting(false);
    };
    engine
      .call('create.inspect-medium', { path })
      .then(
        (medium) => {
          if (current) change({ medium, source: sourceFor(medium, source) });
        },
        (thrown: unknown) => {
          if (!current) return;
          change({ medium: undefined });
          setMediumError(errorDataOf(thrown));
        },
      )
      .then(end, end);
    return () => {
      current = false;
    };
    // The kind of source changes what a file is used for, not what it is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path, wantsFile]);

  const osId = osOf(draft);
  useEffect(() => {
    let current = true;
    engine.call('create.resources', { uri, ...(osId === undefined ? {} : { osId }) }).then(
      (next) => {
        if (current) setResources(next);
      },
      (thrown: unknown) => setPlanned({ error: errorDataOf(thrown) }),
    );
    return () => {
      current = false;
    };
  }, [uri, osId]);

  const base = nameBase(draft, resources);
  useEffect(() => {
    let current = true;
    engine.call('create.suggest-name', { uri, base }).then(
      (name) => {
        if (current) setSuggestedName(name);
      },
      (thrown: unknown) => setPlanned({ error: errorDataOf(thrown) }),
    );
    return () => {
      current = false;
    };
  }, [uri, base]);

  const defaults = resources === undefined ? undefined : { uri, resources, suggestedName, graphics };
  const creation = defaults === undefined ? undefined : creationOf(draft, defaults);
  const asked = creation === undefined ? undefined : JSON.stringify(creation);
  useEffect(() => {
    if (asked === undefined) {
      setPlanned({});
      return;
    }
    let current = true;
    const timer = window.setTimeout(() => {
      engine.call('create.plan', JSON.parse(asked) as Creation).then(
        (plan) => {
          if (current) setPlanned({ plan });
        },
        (thrown: unknown) => {
          if (current) setPlanned({ error: errorDataOf(thrown) });
        },
      );
    }, planDelayMs);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [asked]);

  return {
    uri,
    draft,
    change,
    defaults,
    creation,
    plan: planned.plan,
    planError: planned.error,
    inspecting,
    mediumError,
    systems,
    host,
    pools,
  };
}
