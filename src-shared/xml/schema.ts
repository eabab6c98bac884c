/**
 * The schema combinators. One declaration of an element gives its parser (`parse.ts`), its formatter (`format.ts`),
 * its TypeScript type (`ModelOf`), its validation messages and the editor's completion (`describe.ts`).
 *
 *     const memballoon = element('memballoon', {
 *       model: attr(oneOf('virtio', 'none')),
 *       autodeflate: attr(onOff).optional(),
 *       stats: child(element('stats', { period: attr(unsigned) })).optional(),
 *     });
 *     type MemBalloon = ModelOf<typeof memballoon>;
 *
 * Attributes and children are written in the order of the declaration, whatever order they were read in. What the
 * declaration does not name is kept in `_extra` and written back.
 */
import type { Extra, XmlElement } from './tree.ts';
import type { ValueType } from './values.ts';

declare const modelType: unique symbol;

/** How a field may be absent: not at all, as `undefined`, or replaced by a default when read. */
export type Presence = 'required' | 'optional' | 'defaulted';

/** @internal What a field is made of; only parse, format and describe look inside. */
export type FieldSpec =
  | { readonly kind: 'attribute'; readonly name: string | undefined; readonly type: ValueType<unknown> }
  | { readonly kind: 'text'; readonly type: ValueType<unknown> }
  | { readonly kind: 'childText'; readonly name: string; readonly type: ValueType<unknown> }
  | { readonly kind: 'childTexts'; readonly name: string; readonly type: ValueType<unknown> }
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'raw'; readonly name: string; readonly quote: "'" | '"' }
  | { readonly kind: 'child'; readonly schema: () => AnySchema }
  | { readonly kind: 'children'; readonly schema: () => AnySchema }
  | { readonly kind: 'choices'; readonly schemas: ReadonlyMap<string, AnySchema> }
  | { readonly kind: 'tag' };

/** One named part of an element: an attribute, a child, a list of children, its text. */
export class Field<out T, out P extends Presence = Presence> {
  declare readonly [modelType]?: T;
  readonly spec: FieldSpec;
  readonly presence: P;
  readonly defaultValue: T | undefined;
  readonly doc: string | undefined;

  constructor(spec: FieldSpec, presence: P, defaultValue?: T, doc?: string) {
    this.spec = spec;
    this.presence = presence;
    this.defaultValue = defaultValue;
    this.doc = doc;
  }

  /** The field may be absent; the model then has no such property. */
  optional(): Field<T, 'optional'> {
    return new Field<T, 'optional'>(this.spec, 'optional', undefined, this.doc);
  }

  /** When absent the model holds `value`, and it is written out. */
  default<D extends T>(this: Field<T, P>, value: D): Field<T, 'defaulted'> {
    return new Field<T, 'defaulted'>(this.spec, 'defaulted', value, this.doc);
  }

  /** One sentence for the editor's completion. */
  describe(doc: string): Field<T, P> {
    return new Field(this.spec, this.presence, this.defaultValue, doc);
  }
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

type Simplify<T> = { [K in keyof T]: T[K] } & {};

type FieldType<F> = F extends Field<infer T> ? T : never;

/** The model type of a set of fields. */
export type FieldsModel<F extends Fields> = Simplify<
  { [K in keyof F as F[K] extends Field<unknown, 'optional'> ? never : K]: FieldType<F[K]> } & {
    [K in keyof F as F[K] extends Field<unknown, 'optional'> ? K : never]?: FieldType<F[K]>;
  } & { _extra?: Extra }
>;

/** @internal */
export interface CompiledField {
  readonly key: string;
  /** The attribute's or child element's name. */
  readonly name: string;
  readonly spec: FieldSpec;
  readonly presence: Presence;
  readonly defaultValue: unknown;
  readonly doc: string | undefined;
}

/** @internal The fields of one element, by the place they are looked for. */
export interface Compiled {
  readonly attributes: readonly CompiledField[];
  readonly children: readonly CompiledField[];
  readonly text: CompiledField | undefined;
  /** The fields that must be there, or get a default. */
  readonly needed: readonly CompiledField[];
  readonly attributeByName: ReadonlyMap<string, CompiledField>;
  readonly childByName: ReadonlyMap<string, CompiledField>;
}

export interface ElementSchema<out T> {
  readonly [modelType]?: T;
  readonly kind: 'element';
  readonly name: string;
  readonly options: ElementOptions;
  /** @internal */
  readonly compiled: Compiled;
}

export interface UnionSchema<out T> {
  readonly [modelType]?: T;
  readonly kind: 'union';
  readonly name: string;
  /** The attribute whose value chooses the variant; also its key in the model. */
  readonly tag: string;
  readonly defaultTag: string | undefined;
  readonly options: ElementOptions;
  /** @internal */
  readonly variants: ReadonlyMap<string, Compiled>;
}

export interface MappedSchema<out T> {
  readonly [modelType]?: T;
  readonly kind: 'mapped';
  readonly name: string;
  readonly inner: AnySchema;
  /** @internal Returns the message of an issue when the value is unusable. */
  readonly toModel: (inner: unknown) => { readonly value: unknown } | { readonly problem: string };
  /** @internal */
  readonly fromModel: (value: unknown) => unknown;
}

export type Schema<T> = ElementSchema<T> | UnionSchema<T> | MappedSchema<T>;
export type AnySchema = Schema<unknown>;

/** The TypeScript type a schema reads to and writes from. */
export type ModelOf<S> = S extends Schema<infer T> ? T : never;

/** Value types are invariant; the engine passes a field only the values that same field has read. */
const erase = <T>(type: ValueType<T>): ValueType<unknown> => type as ValueType<unknown>;

/** A check is only ever called with a model its own schema has read. */
const eraseCheck = <T>(options: ElementOptions<T>): ElementOptions => options as ElementOptions;

/** An attribute. Its name is the field's key unless given. */
export function attr<T>(type: ValueType<T>, name?: string): Field<T, 'required'> {
  return new Field({ kind: 'attribute', name, type: erase(type) }, 'required');
}

/** The element's own text. */
export function text<T>(type: ValueType<T>): Field<T, 'required'> {
  return new Field({ kind: 'text', type: erase(type) }, 'required');
}

/** A child element of which only the text matters: `<name>web</name>`. */
export function childText<T>(name: string, type: ValueType<T>): Field<T, 'required'> {
  return new Field({ kind: 'childText', name, type: erase(type) }, 'required');
}

/** Any number of text-only child elements; an empty list when there is none. */
export function childTexts<T>(name: string, type: ValueType<T>): Field<T[], 'defaulted'> {
  return new Field<T[], 'defaulted'>({ kind: 'childTexts', name, type: erase(type) }, 'defaulted', []);
}

/** An empty child element whose presence means true: `<readonly/>`. Absent is `undefined`. */
export function flag(name: string): Field<true, 'optional'> {
  return new Field({ kind: 'flag', name }, 'optional');
}

/**
 * A child element kept as a tree: content that belongs to others (`<metadata>`), or that only libvirt itself reads.
 * libvirt hands foreign content to libxml2, which writes double quotes.
 */
export function raw(name: string, owner: 'others' | 'libvirt' = 'others'): Field<XmlElement, 'optional'> {
  return new Field({ kind: 'raw', name, quote: owner === 'others' ? '"' : "'" }, 'optional');
}

/** One child element. A function allows recursion. */
export function child<T>(schema: Schema<T> | (() => Schema<T>)): Field<T, 'required'> {
  return new Field({ kind: 'child', schema: typeof schema === 'function' ? schema : () => schema }, 'required');
}

/** Any number of child elements of one name; an empty list when there is none. */
export function children<T>(schema: Schema<T> | (() => Schema<T>)): Field<T[], 'defaulted'> {
  const thunk = typeof schema === 'function' ? schema : () => schema;
  return new Field<T[], 'defaulted'>({ kind: 'children', schema: thunk }, 'defaulted', []);
}

/** The model of `choices`: which element it is, and its content. */
export type Choice<S extends Readonly<Record<string, AnySchema>>> = {
  [K in keyof S & string]: { element: K; value: ModelOf<S[K]> };
}[keyof S & string];

/** Child elements of several names whose order among each other matters: the rules of a filter. */
export function choices<S extends Readonly<Record<string, AnySchema>>>(schemas: S): Field<Choice<S>[], 'defaulted'> {
  const byName = new Map(Object.entries<AnySchema>(schemas));
  return new Field<Choice<S>[], 'defaulted'>({ kind: 'choices', schemas: byName }, 'defaulted', []);
}

/** In a union's variant: where the choosing attribute is written when it is not the first. */
export function tag(): Field<never, 'optional'> {
  return new Field({ kind: 'tag' }, 'optional');
}

/** What a schema may say about an element besides its fields. */
export interface ElementOptions<T = unknown> {
  /**
   * For a document's root: the namespaces whose elements the declaration names, by the prefix it names them with.
   * Documents may use other prefixes; the declarations are written when one of the elements is.
   */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** `always` where libvirt writes `<name></name>` even with nothing inside. */
  readonly endTag?: 'always';
  /** Looks at what single fields can't: answers the sentence of an issue, or nothing when all is well. */
  readonly check?: (model: T) => string | undefined;
  /** One sentence for the editor's completion. */
  readonly doc?: string;
}

/** An element with a fixed set of fields. */
export function element<F extends Fields>(
  name: string,
  fields: F,
  options: ElementOptions<FieldsModel<F>> = {},
): ElementSchema<FieldsModel<F>> {
  return { kind: 'element', name, options: eraseCheck(options), compiled: compile(fields) };
}

type TagKeys<F extends Fields> = { [K in keyof F]: F[K] extends Field<never> ? never : K }[keyof F];

/** The model type of a union: the variants, told apart by the tag. */
export type UnionModel<Tag extends string, V extends Readonly<Record<string, Fields>>> = {
  [K in keyof V & string]: Simplify<{ [T in Tag]: K } & FieldsModel<Pick<V[K], TagKeys<V[K]>>>>;
}[keyof V & string];

/**
 * An element whose fields depend on one attribute, a discriminated union in the model.
 * `defaultTag` is the variant meant when the attribute is absent.
 */
export function union<Tag extends string, V extends Readonly<Record<string, Fields>>>(
  name: string,
  tagName: Tag,
  variants: V,
  defaultTag?: keyof V & string,
  options: ElementOptions<UnionModel<Tag, V>> = {},
): UnionSchema<UnionModel<Tag, V>> {
  const compiled = new Map<string, Compiled>();
  for (const word in variants) compiled.set(word, compile(variants[word] as Fields, tagName));
  return { kind: 'union', name, tag: tagName, defaultTag, options: eraseCheck(options), variants: compiled };
}

/** A schema read through a conversion, for elements whose model is not their XML shape: `<memory unit='GiB'>1</memory>`. */
export function mapped<I, T>(
  inner: Schema<I>,
  toModel: (inner: I) => { readonly value: T } | { readonly problem: string },
  fromModel: (value: T) => I,
): MappedSchema<T> {
  return {
    kind: 'mapped',
    name: inner.name,
    inner,
    toModel: (value) => toModel(value as I),
    fromModel: (value) => fromModel(value as T),
  };
}

function compile(fields: Fields, tagName?: string): Compiled {
  const attributes: CompiledField[] = [];
  const childFields: CompiledField[] = [];
  let textField: CompiledField | undefined;
  let tagPlaced = false;
  for (const key in fields) {
    const field = fields[key] as Field<unknown>;
    const { spec, presence, defaultValue, doc } = field;
    if (key === tagName && spec.kind !== 'tag') throw new TypeError(`the key '${key}' is the union's tag already`);
    const entry = (name: string): CompiledField => ({ key, name, spec, presence, defaultValue, doc });
    switch (spec.kind) {
      case 'attribute':
        attributes.push(entry(spec.name ?? key));
        break;
      case 'tag':
        tagPlaced = true;
        attributes.push(entry(tagName ?? key));
        break;
      case 'text':
        textField = entry('');
        break;
      case 'child':
      case 'children':
        childFields.push(lazilyNamed(entry('')));
        break;
      case 'choices':
        childFields.push(entry(''));
        break;
      case 'childText':
      case 'childTexts':
      case 'flag':
      case 'raw':
        childFields.push(entry(spec.name));
        break;
    }
  }
  if (tagName !== undefined && !tagPlaced) {
    const spec: FieldSpec = { kind: 'tag' };
    attributes.unshift({
      key: tagName,
      name: tagName,
      spec,
      presence: 'required',
      defaultValue: undefined,
      doc: undefined,
    });
  }
  const attributeByName = new Map(attributes.map((field) => [field.name, field]));
  let childByName: Map<string, CompiledField> | undefined;
  return {
    attributes,
    children: childFields,
    needed: [...attributes, ...childFields].filter(
      (field) => field.presence !== 'optional' && field.spec.kind !== 'tag',
    ),
    text: textField,
    attributeByName,
    get childByName() {
      childByName ??= new Map(childFields.flatMap((field) => elementNames(field).map((name) => [name, field])));
      return childByName;
    },
  };
}

/** The names of the child elements a field reads. */
const elementNames = ({ name, spec }: CompiledField): string[] =>
  spec.kind === 'choices' ? [...spec.schemas.keys()] : [name];

/** A child's name is its schema's, which a recursive declaration does not have yet at this moment. */
function lazilyNamed(field: CompiledField): CompiledField {
  const { spec } = field;
  if (spec.kind !== 'child' && spec.kind !== 'children') return field;
  let name: string | undefined;
  return {
    ...field,
    get name() {
      name ??= spec.schema().name;
      return name;
    },
  };
}
