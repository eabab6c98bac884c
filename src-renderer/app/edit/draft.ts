/**
 * An edit under way of anything that is stored as XML: the definition as it is stored and the text it is to become. Forms
 * change the text through the model, the XML editor changes it directly; both see what the other did. Pure.
 */
import { XmlError } from '../../../src-shared/xml/issue.ts';

export interface Draft<M> {
  /** Empty, without a model, for what is not stored yet. */
  readonly stored: { readonly text: string; readonly model: M | undefined };
  readonly text: string;
  /** Absent while the text is no definition. */
  readonly model: M | undefined;
  /** The stored definition became another after the edit began. */
  readonly overtaken: boolean;
}

export interface Drafts<M> {
  /** @throws XmlError */
  of(xml: string): Draft<M>;
  /** Of what is not stored yet. */
  ofNew(model: M): Draft<M>;
  withText(draft: Draft<M>, text: string): Draft<M>;
  withEdit(draft: Draft<M>, change: (model: M) => M): Draft<M>;
  /** The stored definition is this one now. An edit under way stays, and is told to have been overtaken. */
  withStored(draft: Draft<M> | undefined, xml: string): Draft<M>;
}

export const isChanged = ({ text, stored }: Draft<unknown>): boolean => text !== stored.text;

export const discarded = <M>(draft: Draft<M>): Draft<M> => ({ ...draft, ...draft.stored });

/** Edits of one kind of object, by its reader and its writer. */
export function draftsOf<M>(parse: (xml: string) => M, format: (model: M) => string): Drafts<M> {
  const modelOf = (text: string): M | undefined => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof XmlError) return undefined;
      throw error;
    }
  };
  const of = (xml: string): Draft<M> => {
    const model = parse(xml);
    // In our own layout, so that an edit that is taken back by hand leaves no difference.
    const text = format(model);
    return { stored: { text, model }, text, model, overtaken: false };
  };
  return {
    of,
    ofNew: (model) => ({ stored: { text: '', model: undefined }, text: format(model), model, overtaken: false }),
    withText: (draft, text) => (text === draft.text ? draft : { ...draft, text, model: modelOf(text) }),
    withEdit(draft, change) {
      if (draft.model === undefined) return draft;
      const model = change(draft.model);
      return { ...draft, model, text: format(model) };
    },
    withStored(draft, xml) {
      const fresh = of(xml);
      if (draft === undefined || !isChanged(draft)) return fresh;
      const overtaken = draft.overtaken || fresh.stored.text !== draft.stored.text;
      return { ...draft, stored: fresh.stored, overtaken };
    },
  };
}
