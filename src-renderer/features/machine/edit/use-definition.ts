import { useCallback, useEffect, useState } from 'react';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import { engine, errorDataOf } from '../../../app/client.ts';
import type { MachineRef } from '../../../app/routes.ts';
import type { NewVolume } from './new-volumes.ts';
import { useDomainEvents } from '../use-domain-events.ts';
import { discarded } from '../../../app/edit/draft.ts';
import { type MachineDraft, machineDrafts } from './draft.ts';

export interface Definition {
  /** Undefined until it has arrived. */
  readonly draft: MachineDraft | undefined;
  readonly error: ErrorData | undefined;
  readonly edit: (change: (domain: Domain) => Domain) => void;
  readonly setText: (text: string) => void;
  /** Files of disks that were added, to be made when the edit is applied. */
  readonly newVolumes: readonly NewVolume[];
  readonly addVolume: (volume: NewVolume) => void;
  readonly discard: () => void;
  /** The edit was applied: this is what is stored now. */
  readonly accept: (xml: string) => void;
  readonly reload: () => void;
}

/** What a machine is defined as, with the edit of it that is under way. */
export function useDefinition({ uri, uuid }: MachineRef): Definition {
  const [draft, setDraft] = useState<MachineDraft>();
  const [error, setError] = useState<ErrorData>();
  const [newVolumes, setNewVolumes] = useState<readonly NewVolume[]>([]);
  const [round, setRound] = useState(0);

  useEffect(() => {
    let current = true;
    engine.call('domains.xml', { uri, uuid, inactive: true }).then(
      (xml) => {
        if (!current) return;
        try {
          setDraft((before) => machineDrafts.withStored(before, xml));
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
  }, [uri, uuid, round]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  useDomainEvents({ uri, uuid }, (event) => {
    const defined = event.kind === 'lifecycle' && event.event === 'defined';
    if (defined || event.kind === 'metadata-change' || event.kind === 'disk-change') reload();
  });

  const edit = useCallback((change: (domain: Domain) => Domain) => {
    setDraft((before) => (before === undefined ? undefined : machineDrafts.withEdit(before, change)));
  }, []);
  const setText = useCallback((text: string) => {
    setDraft((before) => (before === undefined ? undefined : machineDrafts.withText(before, text)));
  }, []);
  const addVolume = useCallback((volume: NewVolume) => setNewVolumes((before) => [...before, volume]), []);
  const discard = useCallback(() => {
    setNewVolumes([]);
    setDraft((before) => (before === undefined ? undefined : { ...discarded(before), overtaken: false }));
  }, []);
  const accept = useCallback((xml: string) => {
    setNewVolumes([]);
    setDraft(machineDrafts.of(xml));
  }, []);
  return { draft, error, edit, setText, newVolumes, addVolume, discard, accept, reload };
}
