/** Commands for QEMU's monitor and the guest's agent as the user wrote them. */
import { VirError } from '../../../../src-shared/errors.ts';
import { say, type Sentence } from '../../../../src-shared/words.ts';
import { connectedAgent } from '../agent/agent-channel.ts';
import type { GuestContext } from '../guests/context.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { isObject } from '../qmp/message.ts';

const invalid = (message: Sentence): VirError => new VirError({ code: 'invalid-arg', domain: 'qemu', message });

interface Command {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** `{"execute": "…", "arguments": {…}}` @throws VirError `invalid-arg` */
export function parseCommand(text: string): Command {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(say`The command is not JSON.`);
  }
  if (!isObject(value) || typeof value['execute'] !== 'string') throw invalid(say`The command has no 'execute'.`);
  const args = value['arguments'];
  if (args !== undefined && !isObject(args)) throw invalid(say`The command's 'arguments' are not an object.`);
  return { execute: value['execute'], ...(args === undefined ? {} : { arguments: args }) };
}

/** @returns the answer as JSON, `{"return": …}`; with `human` the text of the human monitor. */
export async function monitorCommand(
  context: GuestContext,
  uuid: string,
  command: string,
  human: boolean,
): Promise<string> {
  return await context.table.modify(uuid, 'monitorCommand', async (record) => {
    context.table.requireActive(record);
    const monitor = monitorOf(record);
    if (human) return String(await monitor.execute('human-monitor-command', { 'command-line': command }));
    const { execute, arguments: args } = parseCommand(command);
    return JSON.stringify({ return: await monitor.execute(execute, args) });
  });
}

export async function agentCommand(
  context: GuestContext,
  uuid: string,
  command: string,
  timeoutMs?: number,
): Promise<string> {
  const { execute, arguments: args } = parseCommand(command);
  const { agent } = connectedAgent(context, context.table.get(uuid));
  return JSON.stringify({ return: await agent.execute(execute, args, timeoutMs) });
}
