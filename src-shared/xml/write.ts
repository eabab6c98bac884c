import type { XmlNode } from './tree.ts';

const special = /[<>&'"\t\n\r]/;
const specialInText = /[<>&'"\r]/;

const entities: Record<string, string> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&apos;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

const entityOf = (character: string): string => entities[character] ?? character;

/** Escapes an attribute value; libvirt writes attributes in single quotes. */
export function escapeAttribute(value: string): string {
  return special.test(value) ? value.replace(/[<>&'"\t\n\r]/g, entityOf) : value;
}

/** Escapes element text, quotes included, as libvirt does. */
export function escapeText(value: string): string {
  return specialInText.test(value) ? value.replace(/[<>&'"\r]/g, entityOf) : value;
}

type Quote = "'" | '"';

/** With double quotes the text is foreign: written as libxml2 does, which escapes no quotes in it. */
const escapeIn = (text: string, quote: Quote): string =>
  quote === "'" ? escapeText(text) : text.replace(/[<>&\r]/g, entityOf);

const attributesOf = (attributes: Readonly<Record<string, string>>, quote: Quote): string => {
  let out = '';
  for (const name in attributes) {
    const value = attributes[name] ?? '';
    const escaped = quote === "'" ? escapeAttribute(value) : value.replace(/[<>&"\t\n\r]/g, entityOf);
    out += ` ${name}=${quote}${escaped}${quote}`;
  }
  return out;
};

const isBlank = (text: string): boolean => text.trim() === '';

/** Writes a tree node the way libvirt lays XML out: two spaces a level, text kept inline. */
export function writeNode(node: XmlNode, indent: string, quote: Quote = "'"): string {
  if (node.kind === 'comment') return `${indent}<!--${node.text}-->\n`;
  if (node.kind === 'text') return isBlank(node.text) ? '' : `${indent}${escapeIn(node.text.trim(), quote)}\n`;
  const open = `${indent}<${node.name}${attributesOf(node.attributes, quote)}`;
  const solid = node.children.filter((child) => child.kind !== 'text' || !isBlank(child.text));
  if (solid.length === 0) {
    const blank = node.children.map((child) => (child.kind === 'text' ? child.text : '')).join('');
    return blank === '' || blank.includes('\n') ? `${open}/>\n` : `${open}>${escapeText(blank)}</${node.name}>\n`;
  }
  if (solid.some((child) => child.kind === 'text')) {
    return `${open}>${node.children.map((child) => writeInline(child, quote)).join('')}</${node.name}>\n`;
  }
  const inner = solid.map((child) => writeNode(child, `${indent}  `, quote)).join('');
  return `${open}>\n${inner}${indent}</${node.name}>\n`;
}

/** Mixed content is written exactly as it stood: white space matters there. */
function writeInline(node: XmlNode, quote: Quote): string {
  if (node.kind === 'text') return escapeIn(node.text, quote);
  if (node.kind === 'comment') return `<!--${node.text}-->`;
  const open = `<${node.name}${attributesOf(node.attributes, quote)}`;
  if (node.children.length === 0) return `${open}/>`;
  return `${open}>${node.children.map((child) => writeInline(child, quote)).join('')}</${node.name}>`;
}
