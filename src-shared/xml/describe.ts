/**
 * What a schema allows at a place in a document: the editor's completion and its hints. The place is the path of open
 * elements; their attributes are needed where an element's content depends on one (`<disk type='network'>`).
 */
import type { AnySchema, Compiled, CompiledField } from './schema.ts';
import type { ValueType } from './values.ts';

export interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface AttributeDescription {
  readonly name: string;
  readonly required: boolean;
  /** What the value is, to end the sentence "… is": "a whole number". */
  readonly expected: string;
  /** The accepted words, for enumerations. */
  readonly words: readonly string[] | undefined;
  readonly doc: string | undefined;
}

export interface ChildDescription {
  readonly name: string;
  readonly required: boolean;
  readonly repeats: boolean;
  readonly doc: string | undefined;
}

export interface ElementDescription {
  readonly name: string;
  readonly doc: string | undefined;
  readonly attributes: readonly AttributeDescription[];
  readonly children: readonly ChildDescription[];
  /** What the element's own text is, when it has any. */
  readonly text: { readonly expected: string; readonly words: readonly string[] | undefined } | undefined;
}

/**
 * Describes the innermost element of `path`, whose first entry is the root.
 * `undefined` when the schema knows nothing of that place: inside `<metadata>`, or inside an unknown element.
 */
export function describeElement(schema: AnySchema, path: readonly OpenElement[]): ElementDescription | undefined {
  const [root, ...rest] = path;
  if (root === undefined || root.name !== schema.name) return undefined;
  let place: Place = { schema, field: undefined };
  let open = root;
  for (const next of rest) {
    const field: CompiledField | undefined = contentOf(place, open)
      .map((compiled) => compiled.childByName.get(next.name))
      .find((found) => found !== undefined);
    if (field === undefined) return undefined;
    place = { schema: schemaOf(field, next.name), field };
    open = next;
  }
  return place.schema === undefined ? describeLeaf(place.field, open.name) : describeSchema(place, open);
}

/** An element known by its schema, or only by the field that reads it. */
interface Place {
  readonly schema: AnySchema | undefined;
  readonly field: CompiledField | undefined;
}

function schemaOf({ spec }: CompiledField, name: string): AnySchema | undefined {
  if (spec.kind === 'child' || spec.kind === 'children') return spec.schema();
  return spec.kind === 'choices' ? spec.schemas.get(name) : undefined;
}

/** The fields of an element; of all variants while it is not yet known which one it is. */
function contentOf({ schema }: Place, open: OpenElement): readonly Compiled[] {
  switch (schema?.kind) {
    case undefined:
      return [];
    case 'element':
      return [schema.compiled];
    case 'union': {
      const variant = schema.variants.get(open.attributes[schema.tag] ?? schema.defaultTag ?? '');
      return variant === undefined ? [...schema.variants.values()] : [variant];
    }
    case 'mapped':
      return contentOf({ schema: schema.inner, field: undefined }, open);
  }
}

function describeSchema(place: Place, open: OpenElement): ElementDescription {
  const contents = contentOf(place, open);
  const tag = tagOf(place.schema);
  const attributes = new Map<string, AttributeDescription>();
  const children = new Map<string, ChildDescription>();
  let text: ElementDescription['text'];
  for (const compiled of contents) {
    for (const field of compiled.attributes) {
      if (!attributes.has(field.name)) attributes.set(field.name, describeAttribute(field, tag));
    }
    for (const field of compiled.children) {
      for (const child of describeChildren(field)) if (!children.has(child.name)) children.set(child.name, child);
    }
    if (compiled.text?.spec.kind === 'text') text ??= describeText(compiled.text.spec.type);
  }
  return {
    name: open.name,
    doc: place.field?.doc ?? docOf(place.schema),
    attributes: [...attributes.values()],
    children: [...children.values()],
    text,
  };
}

interface Tag {
  readonly words: readonly string[];
  readonly required: boolean;
}

function tagOf(schema: AnySchema | undefined): Tag | undefined {
  if (schema?.kind === 'mapped') return tagOf(schema.inner);
  if (schema?.kind !== 'union') return undefined;
  return { words: [...schema.variants.keys()], required: schema.defaultTag === undefined };
}

function describeAttribute(field: CompiledField, tag: Tag | undefined): AttributeDescription {
  const { name, spec, doc } = field;
  if (spec.kind === 'attribute') {
    const { expected, words } = spec.type;
    return { name, required: field.presence === 'required', expected, words, doc };
  }
  const words = tag?.words ?? [];
  return { name, required: tag?.required ?? true, expected: `one of ${words.join(', ')}`, words, doc };
}

function describeChildren(field: CompiledField): ChildDescription[] {
  const { spec, doc } = field;
  const required = field.presence === 'required';
  if (spec.kind === 'choices') {
    return [...spec.schemas].map(([name, schema]) => ({ name, required: false, repeats: true, doc: docOf(schema) }));
  }
  const repeats = spec.kind === 'children' || spec.kind === 'childTexts';
  return [{ name: field.name, required, repeats, doc: doc ?? docOf(schemaOf(field, field.name)) }];
}

/** Elements that have no fields of their own: text, flags, foreign content. */
function describeLeaf(field: CompiledField | undefined, name: string): ElementDescription | undefined {
  if (field === undefined || field.spec.kind === 'raw') return undefined;
  const { spec, doc } = field;
  const text = spec.kind === 'childText' || spec.kind === 'childTexts' ? describeText(spec.type) : undefined;
  return { name, doc, attributes: [], children: [], text };
}

const describeText = ({ expected, words }: ValueType<unknown>): ElementDescription['text'] => ({ expected, words });

function docOf(schema: AnySchema | undefined): string | undefined {
  if (schema === undefined) return undefined;
  return schema.kind === 'mapped' ? docOf(schema.inner) : schema.options.doc;
}
