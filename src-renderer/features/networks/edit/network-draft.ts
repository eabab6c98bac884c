/**
 * An edit of a network under way: the definition as it is stored and the text it is to become. The forms change the text
 * through the model, the XML editor changes it directly; both see what the other did. Pure.
 */
import { networkProblem } from '../../../../src-shared/model/network-check.ts';
import { formatNetwork, type Network, parseNetwork } from '../../../../src-shared/model/network.ts';
import { XmlError } from '../../../../src-shared/xml/issue.ts';

export interface NetworkDraft {
  /** Empty for one that is not stored yet. */
  readonly stored: string;
  readonly text: string;
  /** Absent while the text is no network. */
  readonly network: Network | undefined;
  /** The stored definition became another after the edit began. */
  readonly overtaken: boolean;
}

/** @throws XmlError */
export function draftOf(xml: string): NetworkDraft {
  const network = parseNetwork(xml);
  // In our own layout, so that an edit that is taken back by hand leaves no difference.
  const text = formatNetwork(network);
  return { stored: text, text, network, overtaken: false };
}

export function newDraft(network: Network): NetworkDraft {
  return { stored: '', text: formatNetwork(network), network, overtaken: false };
}

export const isChanged = (draft: NetworkDraft): boolean => draft.text !== draft.stored;

export function withText(draft: NetworkDraft, text: string): NetworkDraft {
  return text === draft.text ? draft : { ...draft, text, network: networkOf(text) };
}

export function withEdit(draft: NetworkDraft, change: (network: Network) => Network): NetworkDraft {
  if (draft.network === undefined) return draft;
  const network = change(draft.network);
  return { ...draft, network, text: formatNetwork(network) };
}

/** The stored definition is this one now. An edit under way stays, and is told to have been overtaken. */
export function withStored(draft: NetworkDraft | undefined, xml: string): NetworkDraft {
  const fresh = draftOf(xml);
  if (draft === undefined || !isChanged(draft)) return fresh;
  return { ...draft, stored: fresh.stored, overtaken: draft.overtaken || fresh.stored !== draft.stored };
}

/** The first thing that keeps it from being a network, as the engine would say it. */
export function problemOf({ text, network }: NetworkDraft): string | undefined {
  if (network === undefined) {
    try {
      parseNetwork(text);
    } catch (error) {
      if (error instanceof XmlError) return error.issues[0]?.message ?? error.message;
      throw error;
    }
  }
  return network === undefined ? undefined : networkProblem(network);
}

function networkOf(text: string): Network | undefined {
  try {
    return parseNetwork(text);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}
