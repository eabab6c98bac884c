import { useEffect } from 'react';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type { CaptureInfo } from '../../../../src-shared/model/capture.ts';
import { engine } from '../../../app/client.ts';
import type { MachineRef } from '../../../app/routes.ts';
import { useAnswer } from '../../../app/use-answer.ts';

/** The captures of one card, newest first; asked for again when one comes, ends or goes. */
export function useCaptures(
  { uri, uuid }: MachineRef,
  card: string,
): {
  readonly captures: readonly CaptureInfo[] | undefined;
  readonly error: ErrorData | undefined;
  readonly reload: () => void;
} {
  const { value, error, reload } = useAnswer(`${uri} ${uuid}`, () => engine.call('captures.list', { uri, uuid }));
  useEffect(
    () =>
      engine.subscribe((message) => {
        if (message.channel !== 'engine' || message.uri !== uri) return;
        const { event } = message;
        if (event.type === 'capture-gone' && event.uuid === uuid) reload();
        if (event.type === 'capture' && event.capture.uuid === uuid && event.capture.ended !== undefined) reload();
      }),
    [uri, uuid, reload],
  );
  const captures = value?.filter(({ mac, alias }) => mac === card || alias === card);
  return { captures, error, reload };
}
