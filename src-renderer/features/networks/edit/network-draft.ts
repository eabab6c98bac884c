import { networkProblem } from '../../../../src-shared/model/network-check.ts';
import { formatNetwork, type Network, parseNetwork } from '../../../../src-shared/model/network.ts';
import { XmlError } from '../../../../src-shared/xml/issue.ts';
import { type Draft, draftsOf } from '../../../app/edit/draft.ts';

/** An edit of a network's definition. */
export type NetworkDraft = Draft<Network>;

export const networkDrafts = draftsOf(parseNetwork, formatNetwork);

/** The first thing that keeps it from being a network, as the engine would say it. */
export function problemOf({ text, model }: NetworkDraft): string | undefined {
  if (model !== undefined) return networkProblem(model);
  try {
    parseNetwork(text);
    return undefined;
  } catch (error) {
    if (error instanceof XmlError) return error.issues[0]?.message ?? error.message;
    throw error;
  }
}
