import { namespaceDeclarations } from './namespaces.ts';
import type { AnySchema, Compiled, CompiledField, ElementOptions, ModelOf } from './schema.ts';
import type { Extra, XmlElement, XmlNode } from './tree.ts';
import { escapeAttribute, escapeText, writeNode } from './write.ts';

type Model = Readonly<Record<string, unknown>>;

/** Writes a model as libvirt lays out XML: two spaces a level, single quotes, a final line break. */
export function formatXml<S extends AnySchema>(schema: S, value: ModelOf<S>, indent = ''): string {
  return new Writer().schema(schema, value, indent);
}

class Writer {
  /** Something was written whose names may have a namespace prefix. */
  #mayHavePrefix = false;

  schema(schema: AnySchema, value: unknown, indent: string): string {
    switch (schema.kind) {
      case 'element':
        return this.#element(schema.name, schema.compiled, value as Model, indent, undefined, schema.options);
      case 'union': {
        const model = value as Model;
        const word = String(model[schema.tag]);
        const variant = schema.variants.get(word);
        if (variant === undefined) throw new TypeError(`<${schema.name}> has no variant '${word}'`);
        return this.#element(schema.name, variant, model, indent, word, schema.options);
      }
      case 'mapped':
        return this.schema(schema.inner, schema.fromModel(value), indent);
    }
  }

  #element(
    name: string,
    compiled: Compiled,
    model: Model,
    indent: string,
    word: string | undefined,
    options: ElementOptions,
  ): string {
    const extra = model['_extra'] as Extra | undefined;
    let out = `${indent}<${name}`;
    for (const field of compiled.attributes) {
      if (field.spec.kind === 'tag') {
        if (word !== undefined) out += ` ${field.name}='${escapeAttribute(word)}'`;
        continue;
      }
      const value = model[field.key];
      if (value === undefined || field.spec.kind !== 'attribute') continue;
      out += ` ${field.name}='${escapeAttribute(field.spec.type.format(value))}'`;
    }
    if (extra !== undefined) {
      out += extraAttributes(extra);
      this.#mayHavePrefix = true;
    } else if (name.includes(':')) this.#mayHavePrefix = true;

    const body =
      extra?.nodes === undefined
        ? this.#children(compiled, model, extra, `${indent}  `)
        : this.#childrenAmid(compiled, model, extra, extra.nodes, `${indent}  `);
    if (options.namespaces !== undefined && this.#mayHavePrefix) out += namespaceDeclarations(body, options.namespaces);
    const text = compiled.text === undefined ? undefined : model[compiled.text.key];
    if (text !== undefined && compiled.text?.spec.kind === 'text') {
      const content = escapeText(compiled.text.spec.type.format(text));
      if (body !== '') return `${out}>${content}\n${body}${indent}</${name}>\n`;
      return content === '' ? `${out}/>\n` : `${out}>${content}</${name}>\n`;
    }
    if (body === '' && options.endTag !== 'always') return `${out}/>\n`;
    return `${out}>\n${body}${indent}</${name}>\n`;
  }

  #children(compiled: Compiled, model: Model, extra: Extra | undefined, indent: string): string {
    let out = '';
    for (const field of compiled.children) {
      const value = model[field.key];
      if (value === undefined) continue;
      switch (field.spec.kind) {
        case 'children': {
          const schema = field.spec.schema();
          for (const item of value as readonly unknown[]) out += this.schema(schema, item, indent);
          break;
        }
        case 'child':
          out += this.schema(field.spec.schema(), value, indent);
          break;
        default:
          for (const [name, item, index] of occurrences(field, value)) {
            out += this.#child(field, name, item, extra?.leaves?.[`${name}#${index}`], indent);
          }
      }
    }
    return out;
  }

  /** The same where unknown elements or comments stood between the known ones. */
  #childrenAmid(
    compiled: Compiled,
    model: Model,
    extra: Extra,
    nodes: NonNullable<Extra['nodes']>,
    indent: string,
  ): string {
    const byPlace = new Map<string, XmlNode[]>();
    for (const { before, index, node } of nodes) {
      const place = before === '' ? '' : `${before}#${index}`;
      const there = byPlace.get(place);
      if (there === undefined) byPlace.set(place, [node]);
      else there.push(node);
    }
    let out = '';
    for (const field of compiled.children) {
      const value = model[field.key];
      if (value === undefined) continue;
      for (const [name, item, index] of occurrences(field, value)) {
        const place = `${name}#${index}`;
        for (const node of byPlace.get(place) ?? []) out += writeNode(node, indent);
        byPlace.delete(place);
        out += this.#child(field, name, item, extra.leaves?.[place], indent);
      }
    }
    // What stood before an element that is gone comes last, as does what stood at the end.
    for (const rest of byPlace.values()) for (const node of rest) out += writeNode(node, indent);
    return out;
  }

  #child(field: CompiledField, name: string, value: unknown, leaf: Extra | undefined, indent: string): string {
    const { spec } = field;
    switch (spec.kind) {
      case 'child':
      case 'children':
        return this.schema(spec.schema(), value, indent);
      case 'choices': {
        const schema = spec.schemas.get(name);
        if (schema === undefined) throw new TypeError(`<${name}> is not one of ${[...spec.schemas.keys()].join(', ')}`);
        return this.schema(schema, value, indent);
      }
      case 'childText':
      case 'childTexts': {
        const text = escapeText(spec.type.format(value));
        const open = `${indent}<${name}${extraAttributes(leaf)}`;
        const inner = (leaf?.nodes ?? []).map((item) => writeNode(item.node, '').trimEnd()).join('');
        if (leaf !== undefined || name.includes(':')) this.#mayHavePrefix = true;
        return text === '' && inner === '' ? `${open}/>\n` : `${open}>${text}${inner}</${name}>\n`;
      }
      case 'flag': {
        if (value !== true) return '';
        const inner = (leaf?.nodes ?? []).map((item) => writeNode(item.node, `${indent}  `)).join('');
        const open = `${indent}<${name}${extraAttributes(leaf)}`;
        if (leaf !== undefined) this.#mayHavePrefix = true;
        return inner === '' ? `${open}/>\n` : `${open}>\n${inner}${indent}</${name}>\n`;
      }
      case 'raw':
        this.#mayHavePrefix = true;
        return writeNode(value as XmlElement, indent, spec.quote);
      default:
        return '';
    }
  }
}

/** The elements a field stands for, each with its name and its number among those of that name. */
function occurrences(field: CompiledField, value: unknown): (readonly [string, unknown, number])[] {
  switch (field.spec.kind) {
    case 'choices': {
      const counts = new Map<string, number>();
      return (value as readonly { element: string; value: unknown }[]).map((choice) => {
        const index = counts.get(choice.element) ?? 0;
        counts.set(choice.element, index + 1);
        return [choice.element, choice.value, index];
      });
    }
    case 'children':
    case 'childTexts':
      return (value as readonly unknown[]).map((item, index) => [field.name, item, index]);
    default:
      return [[field.name, value, 0]];
  }
}

function extraAttributes(extra: Extra | undefined): string {
  let out = '';
  const attributes = extra?.attributes;
  for (const name in attributes) out += ` ${name}='${escapeAttribute(attributes[name] ?? '')}'`;
  return out;
}
