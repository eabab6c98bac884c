/**
 * Where no desktop asks for an administrator's password, the terminal does: the engine changes the host by the helper,
 * polkit wants to know who allows it, and this command asks on the engine's behalf.
 */
import { existsSync } from 'node:fs';
import { lockHolder } from '../engine/lock.ts';
import { PolkitAgent } from '../host/polkit-agent.ts';
import { xdgDirectories } from '../host/xdg.ts';
import { helperName } from '../network/helper/names.ts';
import { askOnTerminal, tellOnTerminal } from './terminal-prompts.ts';

/** What installs the helper; without it nobody is asked for anything. */
const service = `/usr/share/dbus-1/system-services/${helperName}.service`;

/** @returns what ends it; undefined where nobody is at a terminal, or the desktop asks. */
export async function offerToAuthenticate(): Promise<(() => void) | undefined> {
  const { isTTY } = process.stdin;
  const isDesktops = ['x11', 'wayland', 'mir'].includes(process.env['XDG_SESSION_TYPE'] ?? '');
  if (!isTTY || !process.stderr.isTTY || process.getuid?.() === 0 || isDesktops || !existsSync(service))
    return undefined;
  const engine = lockHolder(xdgDirectories().state);
  if (engine === undefined) return undefined;
  const agent = await PolkitAgent.register(engine, {
    ask: async ({ message, prompt, isSecret }, signal) => {
      if (message !== undefined) tellOnTerminal(message);
      return await askOnTerminal({ text: prompt, kind: isSecret ? 'secret' : 'text' }, signal);
    },
    tell: tellOnTerminal,
  });
  return agent === undefined ? undefined : () => agent.close();
}
