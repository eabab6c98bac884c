import { useEffect, useState } from 'react';
import type { EditPlan } from '../../../../src-shared/contract/domains.ts';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import { engine, errorDataOf } from '../../../app/client.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import { isChanged } from '../../../app/edit/draft.ts';
import type { MachineDraft } from './draft.ts';

const quietMs = 250;

export interface Planned {
  readonly plan: EditPlan | undefined;
  readonly error: ErrorData | undefined;
}

/** What the edit under way would do, asked for when typing pauses. The last answer stays until the next. */
export function usePlan(
  { uri, uuid, id }: Pick<Machine, 'uri' | 'uuid' | 'id'>,
  draft: MachineDraft | undefined,
): Planned {
  const [planned, setPlanned] = useState<Planned>({ plan: undefined, error: undefined });
  const xml = draft !== undefined && isChanged(draft) && draft.model !== undefined ? draft.text : undefined;
  const base = draft?.stored.text;
  useEffect(() => {
    if (xml === undefined) {
      setPlanned({ plan: undefined, error: undefined });
      return;
    }
    let current = true;
    const timer = window.setTimeout(() => {
      engine.call('domains.plan-edit', { uri, uuid, xml }).then(
        (plan) => {
          if (current) setPlanned({ plan, error: undefined });
        },
        (thrown: unknown) => {
          if (current) setPlanned({ plan: undefined, error: errorDataOf(thrown) });
        },
      );
    }, quietMs);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
    // Whether it runs decides what can be changed now.
  }, [uri, uuid, id, xml, base]);
  return planned;
}
