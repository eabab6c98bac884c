/**
 * What a program started from Electron must not get.
 *
 * Chromium marks few of its files to be closed on exec, because it closes them itself in the processes it starts; Node
 * does not. A guest would hold, and could use, the sockets of the display and of Chromium's own processes. Where the
 * child would find one of them it finds `/dev/null` instead.
 */
import { openSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';

/** A socket among them is shared with the child; Node stops reading it here until it is resumed. */
type ChildEnd = 'pipe' | 'ignore' | number | Socket;
export type ChildStdio = readonly ChildEnd[];

let nothing: number | undefined;

/** The descriptors of this process that a child would inherit, those it is given aside. */
function openDescriptors(): readonly number[] {
  return readdirSync('/proc/self/fd').map(Number);
}

/** `stdio` with something in the place of every other open descriptor. In plain Node there is none to cover. */
export function coverInherited(
  stdio: ChildStdio,
  inElectron = process.versions['electron'] !== undefined,
  open: readonly number[] = inElectron ? openDescriptors() : [],
): ChildEnd[] {
  const covered = [...stdio];
  if (!inElectron) return covered;
  nothing ??= openSync('/dev/null', 'r+');
  const highest = Math.max(...open, 0);
  // Ignoring a descriptor above 2 leaves it as it is: right where there is none, and only there.
  for (let fd = stdio.length; fd <= highest; fd += 1) covered[fd] = 'ignore';
  for (const fd of open) if (fd >= stdio.length) covered[fd] = nothing;
  return covered;
}
