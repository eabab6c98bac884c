/** The XML editor: CodeMirror in the theme's colours, with the schema's completion and checks. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { xml } from '@codemirror/lang-xml';
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { Annotation, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { completeXml } from './completion.ts';
import { diagnose } from './lint.ts';

const theme = EditorView.theme({
  '&': { height: '100%', background: 'var(--surface)', color: 'var(--text)' },
  '.cm-scroller': { font: 'var(--text-code)', lineHeight: '19px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-gutters': { background: 'var(--surface)', color: 'var(--text-3)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'var(--hover)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { background: 'var(--selected)' },
  '.cm-tooltip': {
    border: '0',
    borderRadius: 'var(--radius-m)',
    background: 'var(--raised)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow-popover)',
    font: 'var(--text-s)',
  },
  '.cm-tooltip-autocomplete > ul': { font: 'var(--text-code)', padding: '4px' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 6px', borderRadius: 'var(--radius-s)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--selected)', color: 'var(--text)' },
  '.cm-completionInfo': { maxWidth: '320px', padding: '6px 10px' },
  '.cm-completionDetail': { color: 'var(--text-3)', fontStyle: 'normal' },
  '.cm-diagnostic': { padding: '6px 10px', whiteSpace: 'pre-line', borderLeftColor: 'var(--danger)' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px solid var(--danger)' },
  '.cm-foldPlaceholder': { background: 'var(--neutral-soft)', border: '0', color: 'var(--text-2)' },
});

const colours = HighlightStyle.define([
  { tag: tags.tagName, color: 'var(--accent)' },
  { tag: tags.angleBracket, color: 'var(--text-3)' },
  { tag: tags.attributeName, color: 'var(--info)' },
  { tag: tags.attributeValue, color: 'var(--warn)' },
  { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
  { tag: tags.processingInstruction, color: 'var(--text-3)' },
  { tag: tags.invalid, color: 'var(--danger)' },
]);

/** A change that was not typed here. */
const fromOutside = Annotation.define<boolean>();

function extensions(label: string, onChange: (text: string) => void): Extension {
  const nonce = document.querySelector('meta[property="csp-nonce"]')?.getAttribute('content') ?? '';
  return [
    // Generated styles carry the nonce of the page's policy.
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    lineNumbers(),
    codeFolding(),
    foldGutter(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    indentOnInput(),
    indentUnit.of('  '),
    bracketMatching(),
    closeBrackets(),
    xml({ autoCloseTags: true }),
    syntaxHighlighting(colours),
    autocompletion({ override: [completeXml], icons: false }),
    linter((view) => diagnose(view.state.doc), { delay: 300 }),
    lintGutter(),
    theme,
    // Tab goes on to the next control, as everywhere.
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      const outside = update.transactions.some((transaction) => transaction.annotation(fromOutside) === true);
      if (update.docChanged && !outside) onChange(update.state.doc.toString());
    }),
  ];
}

export interface XmlEditor {
  /** Shows another text; the cursor stays where it can. */
  setText(text: string): void;
  focus(): void;
  destroy(): void;
}

export function createEditor(
  parent: HTMLElement,
  options: { readonly text: string; readonly label: string; readonly onChange: (text: string) => void },
): XmlEditor {
  const view = new EditorView({
    parent,
    state: EditorState.create({ doc: options.text, extensions: extensions(options.label, options.onChange) }),
  });
  return {
    setText(text) {
      if (text === view.state.doc.toString()) return;
      const anchor = Math.min(view.state.selection.main.anchor, text.length);
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor },
        annotations: fromOutside.of(true),
      });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
