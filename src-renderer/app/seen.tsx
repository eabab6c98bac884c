/** How old what is shown of a host is, while the host does not answer. */
import { useEffect, useState } from 'react';
import { formatDuration } from './format.ts';
import { t } from './i18n.ts';
import { useInventory } from './store/inventory-store.ts';

/** When what is shown of the connection was seen; undefined while it is current. */
export function useSeenMs(uri: string): number | undefined {
  return useInventory((state) => state.connections.get(uri)?.seenMs);
}

const secondMs = 1_000;
const minuteMs = 60_000;

/** `seen 12 s ago`, which goes on by itself. */
export function Seen({ ms }: { ms: number }): React.JSX.Element {
  const [now, setNow] = useState(Date.now);
  const stepMs = now - ms < minuteMs ? secondMs : minuteMs / 2;
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), stepMs);
    return () => window.clearInterval(timer);
  }, [stepMs]);
  return <span className="tabular">{t('seen.at', { age: formatDuration(now - ms) })}</span>;
}
