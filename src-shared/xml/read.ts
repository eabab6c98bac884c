/**
 * The XML reader: strict about well-formedness, and without the parts of XML that make documents dangerous. Doctypes,
 * and with them entities, are refused; so there is nothing to expand, fetch or nest beyond the document itself.
 *
 * It is written by hand because it is most of the time that reading a domain takes: one pass over the text, indexOf
 * for what is long, no events.
 */
import { XmlError } from './issue.ts';
import { setOwn, type XmlComment, type XmlElement, type XmlNode } from './tree.ts';

/** Bounds that no sensible libvirt object reaches; they keep a hostile document from costing more than its size. */
export const xmlLimits = {
  characters: 16 * 1024 * 1024,
  depth: 128,
  nodes: 200_000,
  attributesPerElement: 256,
} as const;

/** A whole document: its root, and the comments before and after it. */
export interface XmlDocument {
  readonly root: XmlElement;
  readonly before: readonly XmlComment[];
  readonly after: readonly XmlComment[];
}

/**
 * Reads a document into the light tree.
 *
 * Doctypes and custom entities are refused, processing instructions are dropped, CDATA becomes text.
 * @throws XmlError with line and column for anything malformed, oversized or refused.
 */
export function readXml(source: string): XmlElement {
  return readDocument(source).root;
}

/** The same with the comments around the root. */
export function readDocument(source: string): XmlDocument {
  if (source.length > xmlLimits.characters) {
    const message = `The document is larger than ${xmlLimits.characters} characters.`;
    throw new XmlError([{ path: '', line: 0, column: 0, message }]);
  }
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  return new XmlReader(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text).document();
}

/** What XML 1.0 allows no document to contain, not even escaped: control characters and halves of surrogate pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

const nameStart =
  /[:A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}]/u;
const nameRest =
  /^[-.0-9:A-Z_a-z\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF\u200C-\u200D\u203F-\u2040\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}]*$/u;

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

const LINE_FEED = 10;
const SLASH = 47;
const EQUALS = 61;
const GREATER = 62;

const isSpace = (code: number): boolean => code === 32 || code === LINE_FEED || code === 9;

/** ASCII letters, digits and `-.:_` by code; anything above is looked at by the regular expressions. */
const isPlainNameCharacter: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[-.:\w]/.test(String.fromCharCode(code)),
);

class XmlReader {
  readonly #text: string;
  #at = 0;
  #nodes = 0;
  /** The line `#place` was last asked about, where it starts and where it ends. */
  #line = 1;
  #lineFrom = 0;
  #lineEnd: number;

  constructor(text: string) {
    this.#text = text;
    this.#lineEnd = endOfLine(text, 0);
  }

  document(): XmlDocument {
    const text = this.#text;
    if (forbidden.test(text)) {
      this.#fail('The document has a character that XML does not allow.', text.search(forbidden));
    }
    const before: XmlComment[] = [];
    const after: XmlComment[] = [];
    const stack: XmlElement[] = [];
    let root: XmlElement | undefined;
    let siblings: XmlNode[] = before;
    while (this.#at < text.length) {
      const start = this.#at;
      const tag = text.indexOf('<', start);
      if (tag !== start) {
        const content = this.#content(start, tag < 0 ? text.length : tag);
        if (stack.length > 0) {
          this.#count(start);
          siblings.push({ kind: 'text', text: content });
        } else if (content.trim() !== '') {
          this.#fail('There is text outside the root element.', start);
        }
        if (tag < 0) break;
      }
      const code = text.charCodeAt(tag + 1);
      if (code === SLASH) {
        this.#close(tag, stack.pop());
        const parent = stack[stack.length - 1];
        siblings = parent === undefined ? after : parent.children;
      } else if (code === 33 /* ! */) {
        const node = this.#markup(tag);
        if (node.kind === 'text' && stack.length === 0) this.#fail('There is text outside the root element.', tag);
        this.#count(tag);
        siblings.push(node);
      } else if (code === 63 /* ? */) {
        this.#instruction(tag);
      } else {
        if (root !== undefined && stack.length === 0) this.#fail('There is a second root element.', tag);
        const element = this.#open(tag, stack.length);
        if (root === undefined) root = element;
        else siblings.push(element);
        // `#open` leaves off behind `>`; a tag that ends in `/>` is closed already.
        if (text.charCodeAt(this.#at - 2) === SLASH) {
          if (stack.length === 0) siblings = after;
        } else {
          stack.push(element);
          siblings = element.children;
        }
      }
    }
    const open = stack[stack.length - 1];
    if (open !== undefined) this.#fail(`<${open.name}> of line ${open.line} is never closed.`, text.length);
    if (root === undefined) return this.#fail('The document has no element.', text.length);
    return { root, before, after };
  }

  #open(tag: number, depth: number): XmlElement {
    const text = this.#text;
    this.#count(tag);
    if (depth >= xmlLimits.depth) this.#fail(`Elements are nested more than ${xmlLimits.depth} deep.`, tag);
    const { line, column } = this.#place(tag);
    const name = this.#name(tag + 1);
    const attributes: Record<string, string> = {};
    let count = 0;
    for (;;) {
      const spaceFrom = this.#at;
      let code = this.#skipSpace();
      if (code === GREATER) {
        this.#at += 1;
        break;
      }
      if (code === SLASH) {
        if (text.charCodeAt(this.#at + 1) !== GREATER) this.#fail("'/' stands alone in a tag.", this.#at);
        this.#at += 2;
        break;
      }
      if (this.#at >= text.length) this.#fail(`The tag <${name}> does not end.`, tag);
      if (this.#at === spaceFrom) this.#fail(`A space is missing in <${name}>.`, this.#at);
      const from = this.#at;
      const attribute = this.#name(from);
      code = this.#skipSpace();
      if (code !== EQUALS) this.#fail(`The attribute '${attribute}' has no value.`, from);
      this.#at += 1;
      code = this.#skipSpace();
      const quote = code === 34 ? '"' : code === 39 ? "'" : '';
      if (quote === '') this.#fail(`The value of '${attribute}' is not in quotes.`, from);
      const start = this.#at + 1;
      const end = text.indexOf(quote, start);
      if (end < 0) this.#fail(`The value of '${attribute}' does not end.`, from);
      count += 1;
      if (count > xmlLimits.attributesPerElement) {
        this.#fail(`<${name}> has more than ${xmlLimits.attributesPerElement} attributes.`, tag);
      }
      if (Object.hasOwn(attributes, attribute)) this.#fail(`The attribute '${attribute}' stands twice.`, from);
      setOwn(attributes, attribute, this.#attributeValue(start, end));
      this.#at = end + 1;
    }
    return { kind: 'element', name, attributes, children: [], line, column };
  }

  #close(tag: number, element: XmlElement | undefined): void {
    const name = this.#name(tag + 2);
    const code = this.#skipSpace();
    if (code !== GREATER) this.#fail(`The end tag </${name}> does not end.`, tag);
    if (element === undefined) this.#fail(`</${name}> ends nothing.`, tag);
    if (element?.name !== name) {
      this.#fail(`</${name}> stands where <${element?.name}> of line ${element?.line} should end.`, tag);
    }
    this.#at += 1;
  }

  /** A comment or CDATA section; anything else that starts with `<!` is refused. */
  #markup(tag: number): XmlNode {
    const text = this.#text;
    if (text.startsWith('<!--', tag)) {
      const end = text.indexOf('--', tag + 4);
      if (end < 0) this.#fail('A comment does not end.', tag);
      if (text.charCodeAt(end + 2) !== GREATER) this.#fail("'--' must not stand inside a comment.", end);
      this.#at = end + 3;
      return { kind: 'comment', text: text.slice(tag + 4, end) };
    }
    if (text.startsWith('<![CDATA[', tag)) {
      const end = text.indexOf(']]>', tag);
      if (end < 0) this.#fail('A CDATA section does not end.', tag);
      this.#at = end + 3;
      return { kind: 'text', text: text.slice(tag + 9, end) };
    }
    if (text.startsWith('<!DOCTYPE', tag)) return this.#fail('Document type declarations are not accepted.', tag);
    return this.#fail("'<!' starts neither a comment nor a CDATA section.", tag);
  }

  #instruction(tag: number): void {
    const end = this.#text.indexOf('?>', tag);
    if (end < 0) this.#fail('A processing instruction does not end.', tag);
    const target = this.#name(tag + 2);
    if (target.toLowerCase() === 'xml' && tag !== 0) {
      this.#fail('The XML declaration must be the very first thing in the document.', tag);
    }
    this.#at = end + 2;
  }

  #name(from: number): string {
    const text = this.#text;
    let at = from;
    let code = text.charCodeAt(at);
    while (code < 128 ? isPlainNameCharacter[code] === true : code >= 128) {
      at += 1;
      code = text.charCodeAt(at);
    }
    const name = text.slice(from, at);
    const first = name.charCodeAt(0);
    const isPlain = (first >= 97 && first <= 122) || (first >= 65 && first <= 90);
    // Most names are ASCII letters throughout; the rest is compared with XML's own lists.
    if (!isPlain || at - from > 256 || /[^-.:\w]/.test(name)) {
      const whole = String.fromCodePoint(name.codePointAt(0) ?? 32);
      if (!nameStart.test(whole) || !nameRest.test(name)) this.#fail(`A name is expected, not '${shown(name)}'.`, from);
    }
    this.#at = at;
    return name;
  }

  #skipSpace(): number {
    const text = this.#text;
    let code = text.charCodeAt(this.#at);
    while (isSpace(code)) {
      this.#at += 1;
      code = text.charCodeAt(this.#at);
    }
    return code;
  }

  #content(start: number, end: number): string {
    const raw = this.#text.slice(start, end);
    this.#at = end;
    const close = raw.indexOf(']]>');
    if (close >= 0) this.#fail("']]>' must not stand in text.", start + close);
    return raw.includes('&') ? this.#decode(raw, start) : raw;
  }

  #attributeValue(start: number, end: number): string {
    const raw = this.#text.slice(start, end);
    const less = raw.indexOf('<');
    if (less >= 0) this.#fail("'<' must not stand in an attribute.", start + less);
    // XML 1.0 §3.3.3: literal white space becomes spaces; written as a character reference it stays.
    const spaced = /[\n\t]/.test(raw) ? raw.replace(/[\n\t]/g, ' ') : raw;
    return raw.includes('&') ? this.#decode(spaced, start) : spaced;
  }

  #decode(raw: string, start: number): string {
    return raw.replace(/&([^&;\s]*)(;?)/g, (whole, name: string, end: string, offset: number) => {
      const at = start + offset;
      if (end === '') this.#fail("'&' must be written as '&amp;'.", at);
      if (!name.startsWith('#')) {
        const known = Object.hasOwn(entities, name) ? entities[name] : undefined;
        return known ?? this.#fail(`The entity '${shown(whole)}' is not known.`, at);
      }
      const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
      const code =
        digits === null ? -1 : Number.parseInt(digits[1] ?? digits[2] ?? '', digits[1] === undefined ? 10 : 16);
      const character = code < 0 || code > 0x10ffff ? '\0' : String.fromCodePoint(code);
      if (forbidden.test(character)) this.#fail(`'${shown(whole)}' is no character that XML allows.`, at);
      return character;
    });
  }

  #count(at: number): void {
    this.#nodes += 1;
    if (this.#nodes > xmlLimits.nodes) this.#fail(`The document has more than ${xmlLimits.nodes} nodes.`, at);
  }

  /** Line and column of a place that is not before the last one asked for. */
  #place(at: number): { readonly line: number; readonly column: number } {
    while (this.#lineEnd < at) {
      this.#line += 1;
      this.#lineFrom = this.#lineEnd + 1;
      this.#lineEnd = endOfLine(this.#text, this.#lineFrom);
    }
    return { line: this.#line, column: at - this.#lineFrom + 1 };
  }

  #fail(message: string, at: number): never {
    const before = this.#text.slice(0, at);
    const lineFrom = before.lastIndexOf('\n') + 1;
    let line = 1;
    for (let next = before.indexOf('\n'); next >= 0; next = before.indexOf('\n', next + 1)) line += 1;
    throw new XmlError([{ path: '', line, column: at - lineFrom + 1, message }]);
  }
}

/** Where the line that `from` is in ends. A document without line breaks must not be searched for one every time. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? Number.POSITIVE_INFINITY : end;
}

const shown = (text: string): string => (text.length > 20 ? `${text.slice(0, 20)}…` : text);
