/** The snapshots of a machine, asked for again when something announced says that they are others now. */
import { useEffect } from 'react';
import type { SnapshotSummary } from '../../../../src-shared/model/snapshot-summary.ts';
import { engine } from '../../../app/client.ts';
import type { MachineRef } from '../../../app/routes.ts';
import { type Answer, useAnswer } from '../../../app/use-answer.ts';

/** Several events at once are one question. */
const quietMs = 150;

export function useSnapshots({ uri, uuid }: MachineRef): Answer<readonly SnapshotSummary[]> {
  const answer = useAnswer(`${uuid}@${uri}`, () => engine.call('snapshots.list', { uri, uuid, sizes: true }));
  const { reload } = answer;
  useEffect(() => {
    let timer: number | undefined;
    const end = engine.subscribe((message) => {
      if (message.channel !== 'engine' || message.uri !== uri) return;
      const { event } = message;
      // A libvirt of another host tells nothing of snapshots, but of what going back to one does to its machine.
      const isOurs =
        (event.type === 'snapshots' && event.uuid === uuid) ||
        (event.type === 'domain' && event.domain.uuid === uuid && event.event.kind === 'lifecycle');
      if (!isOurs) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(reload, quietMs);
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, [uri, uuid, reload]);
  return answer;
}
