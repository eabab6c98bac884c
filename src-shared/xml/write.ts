import type { XmlNode } from './tree.ts';

const special = /[<>&'"\t\n\r]/;
const specialInText = /[<>&\r]/;

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

/** Escapes element text. */
export function escapeText(value: string): string {
  return specialInText.test(value) ? value.replace(/[<>&\r]/g, entityOf) : value;
}

const isBlank = (text: string): boolean => text.trim() === '';

/** Writes a tree node the way libvirt lays XML out: two spaces a level, single quotes, text kept inline. */
export function writeNode(node: XmlNode, indent: string): string {
  if (node.kind === 'comment') return `${indent}<!--${node.text}-->\n`;
  if (node.kind === 'text') return isBlank(node.text) ? '' : `${indent}${escapeText(node.text.trim())}\n`;
  let open = `${indent}<${node.name}`;
  for (const name in node.attributes) open += ` ${name}='${escapeAttribute(node.attributes[name] ?? '')}'`;
  const solid = node.children.filter((child) => child.kind !== 'text' || !isBlank(child.text));
  if (solid.length === 0) {
    const blank = node.children.map((child) => (child.kind === 'text' ? child.text : '')).join('');
    return blank === '' || blank.includes('\n') ? `${open}/>\n` : `${open}>${escapeText(blank)}</${node.name}>\n`;
  }
  if (solid.some((child) => child.kind === 'text')) {
    return `${open}>${node.children.map(writeInline).join('')}</${node.name}>\n`;
  }
  return `${open}>\n${solid.map((child) => writeNode(child, `${indent}  `)).join('')}${indent}</${node.name}>\n`;
}

/** Mixed content is written exactly as it stood: white space matters there. */
function writeInline(node: XmlNode): string {
  if (node.kind === 'text') return escapeText(node.text);
  if (node.kind === 'comment') return `<!--${node.text}-->`;
  let open = `<${node.name}`;
  for (const name in node.attributes) open += ` ${name}='${escapeAttribute(node.attributes[name] ?? '')}'`;
  if (node.children.length === 0) return `${open}/>`;
  return `${open}>${node.children.map(writeInline).join('')}</${node.name}>`;
}
