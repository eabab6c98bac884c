/** Commands that make something of an XML file, one way for every kind of object. */
import { readFile } from 'node:fs/promises';
import { type Command, operandOf, report, type Session } from '../command.ts';

/** `-` is what is piped in. */
export async function readXmlFile(path: string): Promise<string> {
  if (path !== '-') return await readFile(path, 'utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks).toString('utf8');
}

/** One thing made of a file: the call that makes it, and what is said then. */
export interface MadeFromXml<Made extends object> extends Pick<Command, 'name' | 'group' | 'summary' | 'description'> {
  make(session: Session, xml: string): Promise<Made>;
  done(made: Made, file: string): string;
}

/** A command whose only operand is the file. With `--json` it tells what it made. */
export function fromXmlFile<Made extends object>({ make, done, ...command }: MadeFromXml<Made>): Command {
  return {
    ...command,
    operands: [{ name: 'file', kind: 'file' }],
    needs: 'engine',
    async run(session, invocation) {
      const file = operandOf(invocation, 'file');
      const made = await make(session, await readXmlFile(file));
      return report(session, `${done(made, file)}\n`, Object.fromEntries(Object.entries(made)));
    },
  };
}

/** What the commands that print a definition end with. */
export const printXml = (session: Session, xml: string, identity: Readonly<Record<string, string>>): number =>
  report(session, `${xml.trimEnd()}\n`, { ...identity, xml });
