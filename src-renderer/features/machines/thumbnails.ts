/**
 * Pictures of guests' screens: only of running machines whose card is in sight, a few seconds apart, two at a time, and
 * none while the window is hidden. A picture that did not change is not announced.
 */
import { engine } from '../../app/client.ts';
import { type MachineKey, splitKey } from '../../app/store/inventory.ts';

const refreshMs = 5000;
/** A guest without a picture is asked again less often. */
const retryMs = 30_000;
const atOnce = 2;

interface Thumbnail {
  url: string | undefined;
  dueMs: number;
  readonly listeners: Set<() => void>;
}

const thumbnails = new Map<MachineKey, Thumbnail>();
let inFlight = 0;
let timer: number | undefined;

export const thumbnailOf = (key: MachineKey): string | undefined => thumbnails.get(key)?.url;

/** Keeps a machine's picture fresh until told to stop. */
export function watchThumbnail(key: MachineKey, listener: () => void): () => void {
  const known = thumbnails.get(key) ?? { url: undefined, dueMs: 0, listeners: new Set() };
  thumbnails.set(key, known);
  known.listeners.add(listener);
  schedule();
  return () => {
    known.listeners.delete(listener);
    schedule();
  };
}

/** What a machine looked like is nothing to show once it is off. */
export function forgetThumbnail(key: MachineKey): void {
  const known = thumbnails.get(key);
  if (known?.url === undefined) return;
  known.url = undefined;
  for (const listener of known.listeners) listener();
}

function schedule(): void {
  window.clearTimeout(timer);
  timer = undefined;
  const watched = [...thumbnails.values()].filter((each) => each.listeners.size > 0);
  if (watched.length === 0 || document.visibilityState !== 'visible') return;
  const next = Math.min(...watched.map((each) => each.dueMs));
  timer = window.setTimeout(pump, Math.max(50, next - performance.now()));
}

function pump(): void {
  const due = [...thumbnails]
    .filter(([, each]) => each.listeners.size > 0 && each.dueMs <= performance.now())
    .sort(([, a], [, b]) => a.dueMs - b.dueMs)
    .slice(0, atOnce - inFlight);
  for (const [key, each] of due) {
    inFlight += 1;
    each.dueMs = performance.now() + refreshMs;
    const done = (): void => {
      inFlight -= 1;
      schedule();
    };
    fetchPicture(key, each).then(done, done);
  }
  if (due.length === 0) schedule();
}

async function fetchPicture(key: MachineKey, thumbnail: Thumbnail): Promise<void> {
  try {
    const url = `data:image/png;base64,${await engine.call('domains.screenshot', splitKey(key))}`;
    if (url === thumbnail.url) return;
    thumbnail.url = url;
  } catch {
    // No graphics, or just stopped: the card says so in words. It is no failure of anything the user asked for.
    thumbnail.dueMs = performance.now() + retryMs;
    return;
  }
  for (const listener of thumbnail.listeners) listener();
}

document.addEventListener('visibilitychange', schedule);
