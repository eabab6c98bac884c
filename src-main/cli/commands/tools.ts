/** Commands that need no engine. */
import { readFile } from 'node:fs/promises';
import { formatIssue } from '../../../src-shared/xml/issue.ts';
import type { Command, PlainCommand } from '../command.ts';
import { usageError } from '../parse.ts';

const xmlCommand: PlainCommand = {
  name: 'xml',
  group: 'Tools',
  summary: "check or format any libvirt object's XML",
  description:
    "`vivarium xml check FILE…` prints each file's errors with line and path and fails if there are any; " +
    '`vivarium xml format FILE…` prints each formatted. `-` is standard input. The kind of object is known by its root element.',
  operands: [
    { name: 'action', kind: 'text' },
    { name: 'files', kind: 'file', rest: true },
  ],
  needs: 'nothing',
  async run(output, { operands, rest }) {
    const action = operands['action'];
    if (action !== 'check' && action !== 'format')
      throw usageError(`'${action ?? ''}' is not an action of xml: check or format`);
    // Every object's schema; other commands do without them.
    const { checkDocument } = await import('../../../src-shared/model/document.ts');
    let failed = false;
    const results: unknown[] = [];
    for (const file of rest) {
      const text = file === '-' ? await standardInput() : await readFile(file, 'utf8');
      const { kind, issues, formatted } = checkDocument(text);
      failed ||= issues.length > 0;
      results.push({ file, kind, issues, ...(action === 'format' ? { formatted } : {}) });
      if (output.json) continue;
      for (const issue of issues) output.print(`${file}:${issue.line}:${issue.column}: ${formatIssue(issue)}\n`);
      if (issues.length === 0)
        output.print(action === 'format' ? (formatted ?? '') : `${file}: ${kind ?? 'document'} is valid\n`);
    }
    if (output.json) output.print(`${JSON.stringify(results, undefined, 2)}\n`);
    return failed ? 1 : 0;
  },
};

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks).toString('utf8');
}

export const toolCommands: readonly Command[] = [xmlCommand];
