/**
 * An edit under way: the definition as it is stored and the text it is to become. The forms change the text through the
 * model, the XML editor changes it directly; both see what the other did. Pure.
 */
import { type Domain, formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { XmlError } from '../../../../src-shared/xml/issue.ts';

export interface Draft {
  readonly stored: { readonly text: string; readonly domain: Domain };
  readonly text: string;
  /** Absent while the text is no definition. */
  readonly domain: Domain | undefined;
  /** The stored definition became another after the edit began. */
  readonly overtaken: boolean;
}

/** @throws XmlError */
export function draftOf(xml: string): Draft {
  const domain = parseDomain(xml);
  // In our own layout, so that an edit that is taken back by hand leaves no difference.
  const text = formatDomain(domain);
  return { stored: { text, domain }, text, domain, overtaken: false };
}

export const isChanged = (draft: Draft): boolean => draft.text !== draft.stored.text;

export function withText(draft: Draft, text: string): Draft {
  if (text === draft.text) return draft;
  return { ...draft, text, domain: domainOf(text) };
}

export function withEdit(draft: Draft, change: (domain: Domain) => Domain): Draft {
  if (draft.domain === undefined) return draft;
  const domain = change(draft.domain);
  return { ...draft, domain, text: formatDomain(domain) };
}

export const discarded = (draft: Draft): Draft => ({
  ...draft,
  text: draft.stored.text,
  domain: draft.stored.domain,
});

/** The stored definition is this one now. An edit under way stays, and is told to have been overtaken. */
export function withStored(draft: Draft | undefined, xml: string): Draft {
  const fresh = draftOf(xml);
  if (draft === undefined || !isChanged(draft)) return fresh;
  const overtaken = draft.overtaken || fresh.stored.text !== draft.stored.text;
  return { ...draft, stored: fresh.stored, overtaken };
}

function domainOf(text: string): Domain | undefined {
  try {
    return parseDomain(text);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}
