import { namespaceDeclarations } from './namespaces.ts';
import type { AnySchema, Compiled, CompiledField, ModelOf } from './schema.ts';
import type { Extra } from './tree.ts';
import { escapeAttribute, escapeText, writeNode } from './write.ts';

type Model = Readonly<Record<string, unknown>>;

/** Writes a model as libvirt lays out XML: two spaces a level, single quotes, a final line break. */
export function formatXml<S extends AnySchema>(schema: S, value: ModelOf<S>, indent = ''): string {
  return writeSchema(schema, value, indent);
}

function writeSchema(schema: AnySchema, value: unknown, indent: string): string {
  switch (schema.kind) {
    case 'element':
      return writeElement(schema.name, schema.compiled, value as Model, indent, undefined, schema.options.namespaces);
    case 'union': {
      const model = value as Model;
      const word = String(model[schema.tag]);
      const variant = schema.variants.get(word);
      if (variant === undefined) throw new TypeError(`<${schema.name}> has no variant '${word}'`);
      return writeElement(schema.name, variant, model, indent, word);
    }
    case 'mapped':
      return writeSchema(schema.inner, schema.fromModel(value), indent);
  }
}

function writeElement(
  name: string,
  compiled: Compiled,
  model: Model,
  indent: string,
  word: string | undefined,
  namespaces?: Readonly<Record<string, string>>,
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
  out += extraAttributes(extra);
  const body = writeChildren(compiled, model, extra, `${indent}  `);
  if (namespaces !== undefined) out += namespaceDeclarations(body, namespaces);
  const text = compiled.text === undefined ? undefined : model[compiled.text.key];
  if (text !== undefined && compiled.text?.spec.kind === 'text') {
    const content = escapeText(compiled.text.spec.type.format(text));
    if (body === '') return `${out}>${content}</${name}>\n`;
    return `${out}>${content}\n${body}${indent}</${name}>\n`;
  }
  return body === '' ? `${out}/>\n` : `${out}>\n${body}${indent}</${name}>\n`;
}

function writeChildren(compiled: Compiled, model: Model, extra: Extra | undefined, indent: string): string {
  const pending = extra?.nodes === undefined ? undefined : [...extra.nodes];
  /** What stood before the `index`th element of this name. */
  const before = (name: string, index: number): string => {
    if (pending === undefined) return '';
    let out = '';
    for (let at = 0; at < pending.length; ) {
      const item = pending[at];
      if (item?.before === name && item.index === index) {
        out += writeNode(item.node, indent);
        pending.splice(at, 1);
      } else at += 1;
    }
    return out;
  };
  let out = '';
  for (const field of compiled.children) {
    const value = model[field.key];
    if (value === undefined) continue;
    const { spec, name } = field;
    if (spec.kind === 'choices') {
      const counts = new Map<string, number>();
      for (const choice of value as readonly { element: string; value: unknown }[]) {
        const schema = spec.schemas.get(choice.element);
        if (schema === undefined) throw new TypeError(`<${choice.element}> is not a choice here`);
        const index = counts.get(choice.element) ?? 0;
        counts.set(choice.element, index + 1);
        out += before(choice.element, index) + writeSchema(schema, choice.value, indent);
      }
      continue;
    }
    const list = spec.kind === 'children' || spec.kind === 'childTexts' ? (value as unknown[]) : [value];
    for (let index = 0; index < list.length; index += 1) {
      out += before(name, index) + writeChild(field, list[index], extra?.leaves?.[`${name}#${index}`], indent);
    }
  }
  for (const item of pending ?? []) out += writeNode(item.node, indent);
  return out;
}

function writeChild(field: CompiledField, value: unknown, leaf: Extra | undefined, indent: string): string {
  const { spec } = field;
  switch (spec.kind) {
    case 'child':
    case 'children':
      return writeSchema(spec.schema(), value, indent);
    case 'childText':
    case 'childTexts': {
      const text = escapeText(spec.type.format(value));
      const open = `${indent}<${spec.name}${extraAttributes(leaf)}`;
      const inner = (leaf?.nodes ?? []).map((item) => writeNode(item.node, '').trimEnd()).join('');
      return text === '' && inner === '' ? `${open}/>\n` : `${open}>${text}${inner}</${spec.name}>\n`;
    }
    case 'flag': {
      if (value !== true) return '';
      const inner = (leaf?.nodes ?? []).map((item) => writeNode(item.node, `${indent}  `)).join('');
      const open = `${indent}<${spec.name}${extraAttributes(leaf)}`;
      return inner === '' ? `${open}/>\n` : `${open}>\n${inner}${indent}</${spec.name}>\n`;
    }
    case 'raw':
      return writeNode(value as Parameters<typeof writeNode>[0], indent);
    default:
      return '';
  }
}

function extraAttributes(extra: Extra | undefined): string {
  let out = '';
  const attributes = extra?.attributes;
  for (const name in attributes) out += ` ${name}='${escapeAttribute(attributes[name] ?? '')}'`;
  return out;
}
