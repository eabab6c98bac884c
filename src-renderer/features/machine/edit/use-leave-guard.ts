import { useEffect, useRef } from 'react';
import { confirm } from '../../../app/feedback/confirm.tsx';
import { reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import { go, type MachineRef, placeOf } from '../../../app/routes.ts';
import { isChanged } from './draft.ts';
import type { Definition } from './use-definition.ts';

const hashOf = (url: string): string => new URL(url).hash.slice(1);

/**
 * Asks before a page with an edit under way is left. The address has changed by the time anyone is told, so it is put
 * back, and changed again when the answer is yes. The machine's other tabs keep the edit.
 */
export function useLeaveGuard(machine: MachineRef, definition: Definition): void {
  const latest = useRef(definition);
  useEffect(() => {
    latest.current = definition;
  });
  const { uri, uuid } = machine;
  useEffect(() => {
    const guard = (event: HashChangeEvent): void => {
      const { draft, discard } = latest.current;
      if (draft === undefined || !isChanged(draft)) return;
      const wanted = hashOf(event.newURL);
      const place = placeOf(wanted);
      if (place.name === 'machine' && place.machine.uri === uri && place.machine.uuid === uuid) return;
      event.stopImmediatePropagation();
      window.history.replaceState(null, '', event.oldURL);
      const question = {
        title: t('machine:leave.title'),
        text: t('machine:leave.text'),
        confirm: t('machine:leave.confirm'),
        danger: true,
      };
      confirm(question).then((sure) => {
        if (!sure) return;
        latest.current = { ...latest.current, draft: undefined };
        discard();
        go(wanted);
      }, reportError);
    };
    window.addEventListener('hashchange', guard, { capture: true });
    return () => window.removeEventListener('hashchange', guard, { capture: true });
  }, [uri, uuid]);
}
