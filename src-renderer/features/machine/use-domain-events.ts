import { useEffect, useRef } from 'react';
import type { DomainEvent } from '../../../src-shared/contract/events.ts';
import { engine } from '../../app/client.ts';
import type { MachineRef } from '../../app/routes.ts';

/** Told of each event of one machine while the component is shown. */
export function useDomainEvents({ uri, uuid }: MachineRef, listener: (event: DomainEvent) => void): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(
    () =>
      engine.subscribe((message) => {
        if (message.channel !== 'engine' || message.uri !== uri) return;
        const { event } = message;
        if (event.type === 'domain' && event.domain.uuid === uuid) latest.current(event.event);
      }),
    [uri, uuid],
  );
}
