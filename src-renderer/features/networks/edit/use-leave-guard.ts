import { useEffect, useRef } from 'react';
import { confirm } from '../../../app/feedback/confirm.tsx';
import { reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import { go } from '../../../app/routes.ts';
import { isChanged, type NetworkDraft } from './network-draft.ts';

const hashOf = (url: string): string => new URL(url).hash.slice(1);

/**
 * Asks before a page with an edit under way is left; its own tabs (`home` and below) keep it. The address has changed by
 * the time anyone is told, so it is put back, and changed again when the answer is yes.
 */
export function useLeaveGuard(home: string, draft: NetworkDraft | undefined, discard: () => void): void {
  const latest = useRef({ draft, discard });
  useEffect(() => {
    latest.current = { draft, discard };
  });
  useEffect(() => {
    const guard = (event: HashChangeEvent): void => {
      const { draft: now, discard: forget } = latest.current;
      if (now === undefined || !isChanged(now)) return;
      const wanted = hashOf(event.newURL);
      if (wanted === home || wanted.startsWith(`${home}/`)) return;
      event.stopImmediatePropagation();
      window.history.replaceState(null, '', event.oldURL);
      const question = {
        title: t('networks:leave.title'),
        text: t('networks:leave.text'),
        confirm: t('networks:leave.confirm'),
        danger: true,
      };
      confirm(question).then((sure) => {
        if (!sure) return;
        latest.current = { draft: undefined, discard: forget };
        forget();
        go(wanted);
      }, reportError);
    };
    window.addEventListener('hashchange', guard, { capture: true });
    return () => window.removeEventListener('hashchange', guard, { capture: true });
  }, [home]);
}
