import { useCallback, useEffect, useState } from 'react';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type { Network } from '../../../../src-shared/model/network.ts';
import { engine, errorDataOf } from '../../../app/client.ts';
import { discarded } from '../../../app/edit/draft.ts';
import { type NetworkDraft, networkDrafts } from './network-draft.ts';

export interface NetworkDefinition {
  /** Undefined until it has arrived. */
  readonly draft: NetworkDraft | undefined;
  readonly error: ErrorData | undefined;
  /** The network runs with another definition than the one it starts with next. */
  readonly waits: boolean;
  readonly edit: (change: (network: Network) => Network) => void;
  readonly setText: (text: string) => void;
  readonly discard: () => void;
  readonly reload: () => void;
}

/** What a network is defined as, with the edit of it that is under way. `version`: another one asks again. */
export function useNetworkDefinition(uri: string, uuid: string, version: unknown): NetworkDefinition {
  const [draft, setDraft] = useState<NetworkDraft>();
  const [waits, setWaits] = useState(false);
  const [error, setError] = useState<ErrorData>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    Promise.all([
      engine.call('networks.xml', { uri, uuid, inactive: true }),
      engine.call('networks.xml', { uri, uuid }),
    ]).then(
      ([stored, running]) => {
        if (!current) return;
        try {
          setDraft((before) => networkDrafts.withStored(before, stored));
          setWaits(networkDrafts.of(stored).text !== networkDrafts.of(running).text);
          setError(undefined);
        } catch (thrown) {
          setError(errorDataOf(thrown));
        }
      },
      (thrown: unknown) => {
        if (current) setError(errorDataOf(thrown));
      },
    );
    return () => {
      current = false;
    };
  }, [uri, uuid, version, round]);

  const edit = useCallback((change: (network: Network) => Network) => {
    setDraft((before) => (before === undefined ? undefined : networkDrafts.withEdit(before, change)));
  }, []);
  const setText = useCallback((text: string) => {
    setDraft((before) => (before === undefined ? undefined : networkDrafts.withText(before, text)));
  }, []);
  const discard = useCallback(() => {
    setDraft((before) => (before === undefined ? undefined : { ...discarded(before), overtaken: false }));
  }, []);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { draft, error, waits, edit, setText, discard, reload };
}
