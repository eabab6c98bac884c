/** What can stand at the cursor, by the schema: elements, attributes and their words. */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import { documentKind } from '../../../../src-shared/model/document.ts';
import { describeElement, type ElementDescription, type OpenElement } from '../../../../src-shared/xml/describe.ts';

type SyntaxNode = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>;

const text = (state: EditorState, node: SyntaxNode): string => state.sliceDoc(node.from, node.to);

function openOf(state: EditorState, element: SyntaxNode): OpenElement | undefined {
  const tag = element.getChild('OpenTag') ?? element.getChild('SelfClosingTag') ?? element.getChild('MissingCloseTag');
  const name = tag?.getChild('TagName');
  if (tag === null || tag === undefined || name === null || name === undefined) return undefined;
  const attributes: Record<string, string> = {};
  for (const attribute of tag.getChildren('Attribute')) {
    const key = attribute.getChild('AttributeName');
    const value = attribute.getChild('AttributeValue');
    if (key !== null && value !== null) attributes[text(state, key)] = text(state, value).slice(1, -1);
  }
  return { name: text(state, name), attributes };
}

/** The elements that are open at a node, outermost first. */
function pathTo(state: EditorState, node: SyntaxNode | null): readonly OpenElement[] {
  const path: OpenElement[] = [];
  for (let at = node; at !== null; at = at.parent) {
    if (at.name !== 'Element') continue;
    const open = openOf(state, at);
    if (open !== undefined) path.unshift(open);
  }
  return path;
}

function describe(path: readonly OpenElement[]): ElementDescription | undefined {
  const [root] = path;
  if (root === undefined) return undefined;
  const kind = documentKind({
    kind: 'element',
    ...root,
    attributes: { ...root.attributes },
    children: [],
    line: 0,
    column: 0,
  });
  return kind === undefined ? undefined : describeElement(kind.schema, path);
}

const words = (list: readonly string[] | undefined): readonly Completion[] =>
  (list ?? []).map((label) => ({ label, type: 'enum' }));

const result = (from: number, options: readonly Completion[]): CompletionResult | null =>
  options.length === 0 ? null : { from, options: [...options], validFor: /^[\w.:-]*$/ };

function children(description: ElementDescription, prefix: '' | '<'): readonly Completion[] {
  return description.children.map(({ name, doc, required }) => ({
    label: prefix + name,
    type: 'type',
    boost: required ? 1 : 0,
    ...(doc === undefined ? {} : { info: doc }),
  }));
}

function attributes(description: ElementDescription, present: Readonly<Record<string, string>>): readonly Completion[] {
  return description.attributes
    .filter(({ name }) => present[name] === undefined)
    .map(({ name, doc, expected, required }) =>
      // The cursor goes between the quotes.
      snippetCompletion(`${name}='\${}'`, {
        label: name,
        type: 'property',
        detail: expected.length < 40 ? expected : '',
        boost: required ? 1 : 0,
        ...(doc === undefined ? {} : { info: doc }),
      }),
    );
}

/** For `autocompletion({ override })`. */
export function completeXml(context: CompletionContext): CompletionResult | null {
  const { state, pos } = context;
  const node = syntaxTree(state).resolveInner(pos, -1);
  const element = closest(node, 'Element');
  const path = pathTo(state, element);

  if (node.name === 'AttributeValue' || node.parent?.name === 'AttributeValue') {
    const value = node.name === 'AttributeValue' ? node : node.parent;
    const name = closest(node, 'Attribute')?.getChild('AttributeName');
    if (value === null || name === null || name === undefined) return null;
    const key = text(state, name);
    const attribute = describe(path)?.attributes.find((each) => each.name === key);
    return result(value.from + 1, words(attribute?.words));
  }
  const tag = closest(node, 'OpenTag') ?? closest(node, 'SelfClosingTag');
  if (node.name === 'StartTag' || node.name === 'TagName') {
    // The element that is being typed is not open yet: what fits is what its parent holds.
    const parent = describe(path.slice(0, path.length - (node.name === 'TagName' && tag !== null ? 1 : 0)));
    const from = node.name === 'TagName' ? node.from : pos;
    return parent === undefined ? null : result(from, children(parent, ''));
  }
  if (tag !== null) {
    const typed = context.matchBefore(/[\w:-]*/);
    const description = describe(path);
    if (description === undefined || (!context.explicit && typed?.text === '')) return null;
    return result(typed?.from ?? pos, attributes(description, path.at(-1)?.attributes ?? {}));
  }
  const description = describe(path);
  const typed = context.matchBefore(/<?[\w:-]*/);
  if (description === undefined || typed === null) return null;
  if (typed.text.startsWith('<')) return result(typed.from, children(description, '<'));
  if (!context.explicit && typed.text === '') return null;
  return result(typed.from, [...words(description.text?.words), ...children(description, '<')]);
}

function closest(node: SyntaxNode | null, name: string): SyntaxNode | null {
  for (let at = node; at !== null; at = at.parent) {
    if (at.name === name) return at;
    if (at.name === 'Element' && name !== 'Element') return null;
  }
  return null;
}
