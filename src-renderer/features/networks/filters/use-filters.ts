/** The network filters of a connection, what uses them, and where they are in force. */
import { useEffect } from 'react';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type {
  NwfilterBindingSummary,
  NwfilterSummary,
  NwfilterUser,
} from '../../../../src-shared/model/nwfilter-summary.ts';
import { engine, EngineError } from '../../../app/client.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { useAnswer } from '../../../app/use-answer.ts';

export interface FiltersView {
  readonly uri: string;
  /** Undefined while they are on their way. */
  readonly filters: readonly NwfilterSummary[] | undefined;
  readonly bindings: readonly NwfilterBindingSummary[];
  readonly users: readonly NwfilterUser[];
  readonly error: ErrorData | undefined;
  readonly reload: () => void;
}

/** Several events at once are one question. */
const quietMs = 150;

export function useFilters(uri: string): FiltersView {
  const open = useInventory((state) => state.connections.get(uri)?.state === 'open');
  const { value, error, reload } = useAnswer(open ? uri : undefined, () => ask(uri));
  useEffect(() => {
    let timer: number | undefined;
    const end = engine.subscribe((message) => {
      if (message.channel !== 'engine' || message.uri !== uri) return;
      const { event } = message;
      const isOfCards =
        event.type === 'domain' && ['lifecycle', 'device-added', 'device-removed'].includes(event.event.kind);
      if (event.type !== 'nwfilter' && event.type !== 'domain-gone' && !isOfCards) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(reload, quietMs);
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, [uri, reload]);
  return {
    ...{ uri, error, reload, filters: value?.filters },
    ...{ bindings: value?.bindings ?? [], users: value?.users ?? [] },
  };
}

interface Answer {
  readonly filters: readonly NwfilterSummary[];
  readonly bindings: readonly NwfilterBindingSummary[];
  readonly users: readonly NwfilterUser[];
}

async function ask(uri: string): Promise<Answer> {
  const [filters, users, bindings] = await Promise.all([
    engine.call('nwfilters.list', { uri }),
    engine.call('nwfilters.users', { uri }),
    bindingsOf(uri),
  ]);
  return { filters: filters.toSorted((a, b) => a.name.localeCompare(b.name)), users, bindings };
}

/** A server of long ago has filters and tells nothing of where they are in force. */
async function bindingsOf(uri: string): Promise<readonly NwfilterBindingSummary[]> {
  try {
    return await engine.call('nwfilters.bindings', { uri });
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.data.code === 'no-support') return [];
    throw thrown;
  }
}
