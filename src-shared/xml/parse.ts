import { XmlError, type XmlIssue } from './issue.ts';
import { canonicalPrefixes } from './namespaces.ts';
import { readXml } from './read.ts';
import type { AnySchema, Compiled, CompiledField, ElementOptions, ModelOf } from './schema.ts';
import { type Extra, setOwn, textOf, type XmlElement, type XmlNode } from './tree.ts';
import type { ValueType } from './values.ts';

type Model = Record<string, unknown>;

/**
 * Reads a document with a schema.
 * @throws XmlError carrying every issue found, each with path and line.
 */
export function parseXml<S extends AnySchema>(schema: S, source: string): ModelOf<S> {
  return parseElement(schema, readXml(source));
}

/** The same from a tree that was already read. */
export function parseElement<S extends AnySchema>(schema: S, root: XmlElement): ModelOf<S> {
  const { value, issues } = inspectElement(schema, root);
  if (issues.length > 0) throw new XmlError(issues);
  return value as ModelOf<S>;
}

/** What could be read and everything wrong with it: for editors, which show all issues at once. */
export function inspectElement<S extends AnySchema>(
  schema: S,
  root: XmlElement,
): { readonly value: ModelOf<S> | undefined; readonly issues: readonly XmlIssue[] } {
  const reader = new Reader();
  if (root.name !== schema.name) {
    reader.issue(root, `This is <${root.name}>; <${schema.name}> was expected here.`);
    return { value: undefined, issues: reader.issues };
  }
  const namespaces = schema.kind === 'element' ? schema.options.namespaces : undefined;
  const tree = namespaces === undefined ? root : canonicalPrefixes(root, namespaces);
  const value = reader.read(schema, tree) as ModelOf<S> | undefined;
  return { value, issues: reader.issues };
}

/** More issues than anyone reads; finding the place of each takes time. */
const mostIssues = 100;

/** Numbers in all lists of a document (`cpuset='0-999'` is 1,000): a bound on what a short text can expand to. */
const mostListed = 1_000_000;

class Reader {
  readonly issues: XmlIssue[] = [];
  #listed = 0;
  /** The elements from the root to the one being read; paths are only spelled out when something is wrong. */
  readonly #stack: XmlElement[] = [];

  issue(at: XmlElement, message: string, attribute?: string): void {
    if (this.issues.length >= mostIssues) return;
    const elements = this.#stack[this.#stack.length - 1] === at ? this.#stack : [...this.#stack, at];
    const path = elements.map((element, index) => step(element, elements[index - 1])).join('');
    this.issues.push({
      path: attribute === undefined ? path : `${path}/@${attribute}`,
      line: at.line,
      column: at.column,
      message,
    });
  }

  read(schema: AnySchema, node: XmlElement): unknown {
    switch (schema.kind) {
      case 'element':
        return this.#fields(schema.compiled, node, undefined, undefined, schema.options);
      case 'union': {
        const word = node.attributes[schema.tag] ?? schema.defaultTag;
        if (word === undefined) {
          this.issue(node, `The attribute '${schema.tag}' is missing.`);
          return undefined;
        }
        const variant = schema.variants.get(word);
        if (variant === undefined) {
          const words = [...schema.variants.keys()].join(', ');
          this.issue(node, `'${word}' is not one of ${words}.`, schema.tag);
          return undefined;
        }
        return this.#fields(variant, node, schema.tag, word, schema.options);
      }
      case 'mapped': {
        const before = this.issues.length;
        const inner = this.read(schema.inner, node);
        if (inner === undefined || this.issues.length > before) return undefined;
        const result = schema.toModel(inner);
        if ('value' in result) return result.value;
        this.issue(node, result.problem);
        return undefined;
      }
    }
  }

  #fields(
    compiled: Compiled,
    node: XmlElement,
    tag: string | undefined,
    word: string | undefined,
    options: ElementOptions,
  ): Model {
    const before = this.issues.length;
    const model: Model = {};
    if (tag !== undefined) model[tag] = word;
    this.#stack.push(node);
    let attributes: Record<string, string> | undefined;
    for (const name in node.attributes) {
      const text = node.attributes[name] as string;
      const field = compiled.attributeByName.get(name);
      if (field === undefined) {
        setOwn((attributes ??= {}), name, text);
      } else if (field.spec.kind === 'attribute') {
        const value = this.#value(field.spec.type, text, node, name);
        if (value !== undefined) model[field.key] = value;
      }
    }
    const rest = this.#childNodes(compiled, node, model);
    if (compiled.text !== undefined) this.#text(compiled.text, node, model);
    this.#complete(compiled, node, model);
    const extra = makeExtra(attributes, rest?.nodes, rest?.leaves);
    if (extra !== undefined) model['_extra'] = extra;
    if (options.check !== undefined && this.issues.length === before) {
      const problem = options.check(model);
      if (problem !== undefined) this.issue(node, problem);
    }
    this.#stack.pop();
    return model;
  }

  #childNodes(compiled: Compiled, node: XmlElement, model: Model): Pick<Extra, 'nodes' | 'leaves'> | undefined {
    const { childByName, text } = compiled;
    let nodes: { before: string; index: number; node: XmlNode }[] | undefined;
    let leaves: Record<string, Extra> | undefined;
    let pending: XmlNode[] | undefined;
    let choiceCounts: Map<string, number> | undefined;
    for (const item of node.children) {
      if (item.kind === 'text') {
        if (text === undefined && item.text.trim() !== '') (pending ??= []).push(item);
        continue;
      }
      const field = item.kind === 'element' ? childByName.get(item.name) : undefined;
      if (item.kind === 'comment' || field === undefined) {
        (pending ??= []).push(item);
        continue;
      }
      if (isSingle(field) && field.key in model) {
        // A second element where there is one: behind all others, so that the first stays the first.
        (nodes ??= []).push({ before: '', index: 0, node: item });
        continue;
      }
      let index = 0;
      if (field.spec.kind === 'choices') {
        choiceCounts ??= new Map();
        index = choiceCounts.get(item.name) ?? 0;
        choiceCounts.set(item.name, index + 1);
      } else if (!isSingle(field)) {
        index = (model[field.key] as readonly unknown[] | undefined)?.length ?? 0;
      }
      if (pending !== undefined) {
        nodes ??= [];
        for (const extra of pending) nodes.push({ before: item.name, index, node: extra });
        pending = undefined;
      }
      const leaf = this.#child(field, item, model);
      if (leaf !== undefined) (leaves ??= {})[`${item.name}#${index}`] = leaf;
    }
    if (pending !== undefined) {
      nodes ??= [];
      for (const extra of pending) nodes.push({ before: '', index: 0, node: extra });
    }
    return nodes === undefined && leaves === undefined
      ? undefined
      : { ...(nodes === undefined ? {} : { nodes }), ...(leaves === undefined ? {} : { leaves }) };
  }

  /** Reads one child into the model; returns what a child without an object of its own held beyond its text. */
  #child(field: CompiledField, node: XmlElement, model: Model): Extra | undefined {
    const { spec, key } = field;
    switch (spec.kind) {
      case 'child': {
        const value = this.read(spec.schema(), node);
        if (value !== undefined) model[key] = value;
        return undefined;
      }
      case 'children': {
        const list = (model[key] ??= []) as unknown[];
        const value = this.read(spec.schema(), node);
        if (value !== undefined) list.push(value);
        return undefined;
      }
      case 'choices': {
        const list = (model[key] ??= []) as unknown[];
        const schema = spec.schemas.get(node.name);
        const value = schema === undefined ? undefined : this.read(schema, node);
        if (value !== undefined) list.push({ element: node.name, value });
        return undefined;
      }
      case 'childText': {
        const value = this.#value(spec.type, textOf(node), node);
        if (value !== undefined) model[key] = value;
        return leafExtra(node, false);
      }
      case 'childTexts': {
        const list = (model[key] ??= []) as unknown[];
        const value = this.#value(spec.type, textOf(node), node);
        if (value !== undefined) list.push(value);
        return leafExtra(node, false);
      }
      case 'flag':
        model[key] = true;
        return leafExtra(node, true);
      case 'raw':
        model[key] = node;
        return undefined;
      default:
        return undefined;
    }
  }

  #text(field: CompiledField, node: XmlElement, model: Model): void {
    if (field.spec.kind !== 'text') return;
    // Next to elements or comments, the white space at its ends is layout.
    const content = node.children.some(({ kind }) => kind !== 'text') ? textOf(node).trim() : textOf(node);
    if (content.trim() === '' && field.presence !== 'required') return;
    const value = this.#value(field.spec.type, content, node);
    if (value !== undefined) model[field.key] = value;
  }

  #value(type: ValueType<unknown>, text: string, node: XmlElement, attribute?: string): unknown {
    const value = type.parse(text);
    if (value === undefined) this.issue(node, `'${shorten(text)}' is not ${type.expected}.`, attribute);
    else if (Array.isArray(value)) {
      this.#listed += value.length;
      if (this.#listed > mostListed) {
        const { line, column } = node;
        throw new XmlError([
          { path: '', line, column, message: `The document lists more than ${mostListed} numbers.` },
        ]);
      }
    }
    return value;
  }

  #complete(compiled: Compiled, node: XmlElement, model: Model): void {
    for (const field of compiled.needed) {
      if (field.key in model) continue;
      if (field.presence === 'defaulted') model[field.key] = copyDefault(field.defaultValue);
      else this.#missing(field, node);
    }
  }

  #missing(field: CompiledField, node: XmlElement): void {
    if (field.spec.kind === 'attribute') {
      // An attribute that was there but wrong has its own issue already.
      if (!(field.name in node.attributes)) this.issue(node, `The attribute '${field.name}' is missing.`);
    } else if (!node.children.some((item) => item.kind === 'element' && item.name === field.name)) {
      this.issue(node, `The element <${field.name}> is missing.`);
    }
  }
}

const isSingle = ({ spec: { kind } }: CompiledField): boolean =>
  kind !== 'children' && kind !== 'childTexts' && kind !== 'choices';

function makeExtra(
  attributes: Record<string, string> | undefined,
  nodes: Extra['nodes'],
  leaves: Extra['leaves'],
): Extra | undefined {
  if (attributes === undefined && nodes === undefined && leaves === undefined) return undefined;
  return {
    ...(attributes === undefined ? {} : { attributes }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(leaves === undefined ? {} : { leaves }),
  };
}

function leafExtra(node: XmlElement, keepText: boolean): Extra | undefined {
  const nodes = node.children
    .filter((item) => item.kind !== 'text' || (keepText && item.text.trim() !== ''))
    .map((item) => ({ before: '', index: 0, node: item }));
  const attributes = Object.keys(node.attributes).length > 0 ? node.attributes : undefined;
  return makeExtra(attributes, nodes.length > 0 ? nodes : undefined, undefined);
}

function step(element: XmlElement, parent: XmlElement | undefined): string {
  const siblings = parent?.children.filter((item) => item.kind === 'element' && item.name === element.name) ?? [];
  return siblings.length > 1 ? `/${element.name}[${siblings.indexOf(element) + 1}]` : `/${element.name}`;
}

/** Defaults are words, numbers and empty lists; a list must not be shared between models. */
const copyDefault = (value: unknown): unknown => (Array.isArray(value) ? [...(value as unknown[])] : value);

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
