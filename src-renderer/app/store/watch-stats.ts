/** Asks the engine for figures while somebody looks at them, and only while the window can be seen. */
import { useEffect } from 'react';
import { engine } from '../client.ts';
import { reportError } from '../feedback/notices.ts';

export type Pace = 'fine' | 'calm';

/** Who looks, by what they need. */
const wanted = new Map<string, Record<Pace, number>>();
const watched = new Map<string, Pace>();

function paceOf(uri: string): Pace | undefined {
  const { fine = 0, calm = 0 } = wanted.get(uri) ?? {};
  if (document.visibilityState !== 'visible') return undefined;
  if (fine > 0) return 'fine';
  return calm > 0 ? 'calm' : undefined;
}

function reconcile(): void {
  for (const uri of new Set([...wanted.keys(), ...watched.keys()])) {
    const pace = paceOf(uri);
    if (pace === watched.get(uri)) continue;
    if (pace === undefined) watched.delete(uri);
    else watched.set(uri, pace);
    engine.call('stats.watch', { uri, pace: pace ?? 'off' }).catch(reportError);
  }
}

/** Another engine, which nobody has asked for figures yet. */
export function rewatchStats(): void {
  watched.clear();
  reconcile();
}

let listening = false;

function watchStats(uri: string, pace: Pace): () => void {
  if (!listening) document.addEventListener('visibilitychange', reconcile);
  listening = true;
  const counts = wanted.get(uri) ?? { fine: 0, calm: 0 };
  wanted.set(uri, counts);
  counts[pace] += 1;
  reconcile();
  return () => {
    counts[pace] -= 1;
    reconcile();
  };
}

/** Watches while the component is shown: `fine` for graphs over time, `calm` for lists of many machines. */
export function useWatchedStats(uris: readonly string[], pace: Pace = 'fine'): void {
  const key = uris.join('\n');
  useEffect(() => {
    const stops = key === '' ? [] : key.split('\n').map((uri) => watchStats(uri, pace));
    return () => {
      for (const stop of stops) stop();
    };
  }, [key, pace]);
}
