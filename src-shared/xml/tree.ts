/**
 * The light tree the XML reader makes: what a schema does not know is kept in these nodes and written back.
 */

/** One element. Attribute order is document order; `line` and `column` are 1-based positions of its `<`. */
export interface XmlElement {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlNode[];
  readonly line: number;
  readonly column: number;
}

export interface XmlText {
  readonly kind: 'text';
  readonly text: string;
}

export interface XmlComment {
  readonly kind: 'comment';
  readonly text: string;
}

export type XmlNode = XmlElement | XmlText | XmlComment;

/** What an element held that its schema does not describe. It lives in the model, so it must survive JSON. */
export interface Extra {
  readonly attributes?: Record<string, string>;
  /** Unknown children and comments, each with the child element it preceded (`''`: the end). */
  readonly nodes?: readonly { readonly before: string; readonly index: number; readonly node: XmlNode }[];
  /** The same for child elements that have no object of their own in the model (text-only ones, flags). */
  readonly leaves?: Record<string, Extra>;
}

/** Sets a property whose name came from a document: `__proto__` is a name like any other there. */
export function setOwn<T>(record: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__') {
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    record[name] = value;
  }
}

/** The text directly inside an element. */
export function textOf(element: XmlElement): string {
  let text = '';
  for (const node of element.children) if (node.kind === 'text') text += node.text;
  return text;
}

/** The first child element called `name`. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  for (const node of element.children) if (node.kind === 'element' && node.name === name) return node;
  return undefined;
}

/** A new element that came from no document. */
export function makeElement(
  name: string,
  attributes: Record<string, string> = {},
  children: XmlNode[] = [],
): XmlElement {
  return { kind: 'element', name, attributes, children, line: 0, column: 0 };
}
