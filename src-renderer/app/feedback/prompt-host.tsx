/** Questions on the way to a host: one dialog after the other, whatever screen is shown. */
import { lazy, Suspense, useEffect } from 'react';
import { engine } from '../client.ts';
import { useEngineRound } from '../store/engine-round.ts';
import { acceptPrompts, usePrompts } from '../store/prompts-store.ts';
import { reportError } from './notices.ts';

const PromptDialog = lazy(() => import('./prompt-dialog.tsx'));

export function PromptHost(): React.JSX.Element | null {
  const [first] = usePrompts((state) => state.open);
  const round = useEngineRound();
  useEffect(() => {
    engine.call('prompts.serve', { on: true }).then(acceptPrompts, reportError);
  }, [round]);
  if (first === undefined) return null;
  return (
    <Suspense fallback={null}>
      <PromptDialog key={first.id} prompt={first} />
    </Suspense>
  );
}
