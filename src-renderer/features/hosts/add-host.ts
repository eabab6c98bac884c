import { engine } from '../../app/client.ts';
import { openConnection } from '../../app/feed.ts';
import { reportError } from '../../app/feedback/notices.ts';

/** Lists a host and connects to it; its card tells how that goes. */
export async function addHost(uri: string): Promise<void> {
  const known = await engine.call('connections.add', { uri });
  openConnection(known).catch(reportError);
}
