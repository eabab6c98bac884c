/** One machine as the engine last announced it, also in a window that lists none. */
import { useEffect, useState } from 'react';
import type { ErrorData } from '../../../src-shared/errors.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';
import { engine, errorDataOf } from '../../app/client.ts';
import { useEngineRound } from '../../app/store/engine-round.ts';
import { machineByKey } from '../../app/store/inventory-store.ts';
import { machineKey } from '../../app/store/inventory.ts';

export type WatchedMachine =
  | { readonly state: 'loading' }
  | { readonly state: 'known'; readonly summary: DomainSummary }
  | { readonly state: 'gone' }
  | { readonly state: 'failed'; readonly error: ErrorData };

export function useMachine(uri: string, uuid: string): WatchedMachine {
  // The main window has it already.
  const [machine, setMachine] = useState<WatchedMachine>(() => {
    const summary = machineByKey(machineKey(uri, uuid));
    return summary === undefined ? { state: 'loading' } : { state: 'known', summary };
  });
  const round = useEngineRound();
  useEffect(() => {
    let current = true;
    let announced = false;
    const end = engine.subscribe((message) => {
      if (message.channel !== 'engine' || message.uri !== uri) return;
      const { event } = message;
      if (event.type === 'domain-summary' && event.summary.uuid === uuid) {
        announced = true;
        setMachine({ state: 'known', summary: event.summary });
      } else if (event.type === 'domain-gone' && event.uuid === uuid) {
        announced = true;
        setMachine({ state: 'gone' });
      }
    });
    engine.call('domains.lookup', { uri, text: uuid }).then(
      (summary) => {
        // What was announced meanwhile is newer than the answer.
        if (current && !announced) setMachine({ state: 'known', summary });
      },
      (thrown: unknown) => {
        if (current && !announced) setMachine({ state: 'failed', error: errorDataOf(thrown) });
      },
    );
    return () => {
      current = false;
      end();
    };
  }, [uri, uuid, round]);
  return machine;
}
