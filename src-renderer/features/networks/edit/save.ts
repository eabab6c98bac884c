/** Stores an edit: entries of a running network's lists at once, everything else for its next start. */
import type { NetworkSummary } from '../../../../src-shared/model/network-summary.ts';
import { engine } from '../../../app/client.ts';
import { liveUpdates } from './live-updates.ts';
import type { NetworkDraft } from './network-draft.ts';

export interface Saved {
  readonly network: NetworkSummary;
  /** The change waits for the network's next start. */
  readonly waits: boolean;
}

export async function saveNetwork(uri: string, draft: NetworkDraft, known?: NetworkSummary): Promise<Saved> {
  const { text, stored, model } = draft;
  const isRunning = known?.active === true;
  if (known !== undefined && isRunning && model !== undefined && stored.model !== undefined) {
    const updates = liveUpdates(stored.model, model);
    if (updates !== undefined) {
      for (const update of updates) {
        await engine.call('networks.update', { uri, uuid: known.uuid, ...update, live: true, config: true });
      }
      return { network: known, waits: false };
    }
  }
  const saved = await engine.call('networks.define', { uri, xml: text, author: 'window' });
  return { network: saved, waits: isRunning };
}
