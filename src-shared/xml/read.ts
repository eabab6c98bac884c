import { SaxesParser } from 'saxes';
import { XmlError } from './issue.ts';
import type { XmlElement } from './tree.ts';

/** Bounds that no sensible libvirt object reaches; they keep a hostile document from costing more than its size. */
export const xmlLimits = {
  characters: 16 * 1024 * 1024,
  depth: 128,
  nodes: 500_000,
  attributesPerElement: 256,
} as const;

/**
 * Reads a document into the light tree.
 *
 * Doctypes and custom entities are refused, processing instructions are dropped, CDATA becomes text.
 * @throws XmlError with line and column for anything malformed, oversized or refused.
 */
export function readXml(source: string): XmlElement {
  const fail = (message: string, line = 0, column = 0): never => {
    throw new XmlError([{ path: '', line, column, message }]);
  };
  if (source.length > xmlLimits.characters) fail(`The document is larger than ${xmlLimits.characters} characters.`);

  const parser = new SaxesParser({ xmlns: false, position: true, fragment: false });
  const stack: XmlElement[] = [];
  let root: XmlElement | undefined;
  let nodes = 0;
  let tagLine = 0;
  let tagColumn = 0;

  const count = (): void => {
    nodes += 1;
    if (nodes > xmlLimits.nodes) fail(`The document has more than ${xmlLimits.nodes} nodes.`, parser.line);
  };

  parser.on('error', (error) => {
    fail(`${sentence(error.message)}`, parser.line, parser.column);
  });
  parser.on('doctype', () => {
    fail('Document type declarations are not accepted.', parser.line, parser.column);
  });
  parser.on('opentagstart', (tag) => {
    tagLine = parser.line;
    tagColumn = Math.max(1, parser.column - tag.name.length - 1);
  });
  parser.on('opentag', (tag) => {
    count();
    if (stack.length >= xmlLimits.depth) {
      fail(`Elements are nested more than ${xmlLimits.depth} deep.`, tagLine, tagColumn);
    }
    if (Object.keys(tag.attributes).length > xmlLimits.attributesPerElement) {
      fail(`<${tag.name}> has more than ${xmlLimits.attributesPerElement} attributes.`, tagLine, tagColumn);
    }
    const element: XmlElement = {
      kind: 'element',
      name: tag.name,
      attributes: tag.attributes,
      children: [],
      line: tagLine,
      column: tagColumn,
    };
    const parent = stack[stack.length - 1];
    if (parent === undefined) root ??= element;
    else parent.children.push(element);
    stack.push(element);
  });
  parser.on('closetag', () => {
    stack.pop();
  });
  const onText = (text: string): void => {
    const parent = stack[stack.length - 1];
    if (parent === undefined) return;
    count();
    parent.children.push({ kind: 'text', text });
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('comment', (text) => {
    count();
    stack[stack.length - 1]?.children.push({ kind: 'comment', text });
  });

  parser.write(source).close();
  return root ?? fail('The document has no element.');
}

/** saxes prefixes its messages with `line:column: `; the place travels separately here. */
function sentence(message: string): string {
  const bare = message.replace(/^\d+:\d+: /, '');
  return `${bare.charAt(0).toUpperCase()}${bare.slice(1)}`;
}
