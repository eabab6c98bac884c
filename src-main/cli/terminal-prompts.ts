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

/** What others say must not steer this terminal. */
const harmless = (text: string): string => text.replaceAll(/[^\n\P{C}]/gu, '').trim();

const ask = async (prompt: PromptInfo): Promise<string> => (await askOnTerminal(prompt)) ?? '';

export function tellOnTerminal(text: string): void {
  process.stderr.write(`${harmless(text)}\n`);
}

/** Undefined when the user declines, by Ctrl+C or Ctrl+D, or when it is aborted. */
export async function askOnTerminal(
  { text, kind }: Pick<PromptInfo, 'text' | 'kind'>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  process.stderr.write(`${harmless(text)} `);
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = kind === 'secret' ? hidden : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const declined = new AbortController();
  lines.once('SIGINT', () => declined.abort());
  lines.once('close', () => declined.abort());
  const ended = signal === undefined ? declined.signal : AbortSignal.any([declined.signal, signal]);
  try {
    const answer = await lines.question('', { signal: ended });
    return kind === 'secret' ? answer : answer.trim();
  } catch (thrown) {
    if (ended.aborted) return undefined;
    throw thrown;
  } finally {
    lines.close();
    if (kind === 'secret' || ended.aborted) process.stderr.write('\n');
  }
}
