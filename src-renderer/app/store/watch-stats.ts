/** Asks the engine for figures while somebody looks at them, and only while the window can be seen. */
import { useEffect } from 'react';
import { engine } from '../client.ts';
import { reportError } from '../feedback/notices.ts';

const wanted = new Map<string, number>();
const watched = new Set<string>();

function reconcile(): void {
  const visible = document.visibilityState === 'visible';
  for (const uri of new Set([...wanted.keys(), ...watched])) {
    const on = visible && (wanted.get(uri) ?? 0) > 0;
    if (on === watched.has(uri)) continue;
    if (on) watched.add(uri);
    else watched.delete(uri);
    engine.call('stats.watch', { uri, on }).catch(reportError);
  }
}

/** Another engine, which nobody has asked for figures yet. */
export function rewatchStats(): void {
  watched.clear();
  reconcile();
}

let listening = false;

export function watchStats(uri: string): () => void {
  if (!listening) document.addEventListener('visibilitychange', reconcile);
  listening = true;
  wanted.set(uri, (wanted.get(uri) ?? 0) + 1);
  reconcile();
  return () => {
    wanted.set(uri, (wanted.get(uri) ?? 1) - 1);
    reconcile();
  };
}

/** Watches while the component is shown. */
export function useWatchedStats(uris: readonly string[]): void {
  const key = uris.join('\n');
  useEffect(() => {
    const stops = key === '' ? [] : key.split('\n').map(watchStats);
    return () => {
      for (const stop of stops) stop();
    };
  }, [key]);
}
