/** `askpass`: what ssh runs for its questions; they are put to the user by the engine's window or terminal. */
import { askingVariable } from '../../../src-shared/contract/prompts.ts';
import { connectSocket } from '../../ipc/socket-client.ts';
import type { PlainCommand } from '../command.ts';

const kindOf = (text: string, hint: string | undefined): 'secret' | 'text' | 'confirm' => {
  if (hint === 'confirm' || /\(yes\/no(?:\/[^)]*)?\)/.test(text)) return 'confirm';
  return /pass(?:word|phrase)|PIN|code|secret/i.test(text) || hint !== 'none' ? 'secret' : 'text';
};

export const askpassCommand: PlainCommand = {
  name: 'askpass',
  group: 'Tools',
  summary: 'put a question of ssh to the user (run by ssh itself)',
  operands: [{ name: 'QUESTION', kind: 'text' }],
  needs: 'nothing',
  async run(output, { operands }) {
    const path = process.env['VIVARIUM_ASKPASS_SOCKET'];
    if (path === undefined) return 1;
    const client = await connectSocket(path);
    try {
      const text = (operands['QUESTION'] ?? '').slice(0, 4096);
      const kind = kindOf(text, process.env['SSH_ASKPASS_PROMPT']);
      const asking = process.env[askingVariable];
      const answer = await client.call('prompts.ask', { text, kind, ...(asking === undefined ? {} : { asking }) });
      if (answer === undefined) return 1;
      output.print(`${answer}\n`);
      return 0;
    } finally {
      client.close();
    }
  },
};
