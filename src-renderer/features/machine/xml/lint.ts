import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import { checkDocument } from '../../../../src-shared/model/document.ts';

/** What is wrong with the document, each at its line. */
export function diagnose(doc: Text): readonly Diagnostic[] {
  return checkDocument(doc.toString()).issues.map(({ line, column, path, message }) => {
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
    return {
      from: from === at.to ? at.from : from,
      to: at.to,
      severity: 'error',
      message: path === '' ? message : `${message}\n${path}`,
    };
  });
}
