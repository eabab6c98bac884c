/** Questions on the way to a host, put to the user at the terminal. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { ContractClient } from '../../src-shared/contract/index.ts';
import type { PromptInfo } from '../../src-shared/contract/prompts.ts';

/** Answers the engine's questions from now on; without a terminal, nobody is there to ask. */
export async function servePrompts(client: ContractClient): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return;
  const seen = new Set<string>();
  const takeAll = async (prompts: readonly PromptInfo[]): Promise<void> => {
    for (const prompt of prompts.filter(({ id }) => !seen.has(id))) {
      seen.add(prompt.id);
      const answer = await ask(prompt);
      await client.call('prompts.answer', { id: prompt.id, ...(answer === '' ? {} : { answer }) });
    }
  };
  const report = (error: unknown): void => void process.stderr.write(`vivarium: ${String(error)}\n`);
  client.subscribe((event) => {
    if (event.channel === 'prompts') takeAll(event.prompts).catch(report);
  });
  await takeAll(await client.call('prompts.serve', { on: true }));
}

async function ask({ text, kind }: PromptInfo): Promise<string> {
  // What the other host says must not steer this terminal.
  process.stderr.write(`${text.replaceAll(/[^\n\P{C}]/gu, '').trim()} `);
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = kind === 'secret' ? hidden : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const answer = await lines.question('');
    return kind === 'secret' ? answer : answer.trim();
  } finally {
    lines.close();
    if (kind === 'secret') process.stderr.write('\n');
  }
}
