// Chromium runs the pages of a window in a sandbox, which not every system lets a user make.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { asRoot, run, say, step } from './lib.mjs';

/** Whether this user may make the namespaces Chromium's sandbox is built on; containers and Ubuntu forbid it. */
const mayMakeNamespaces = () =>
  run(['unshare', '--user', '--map-root-user', 'true'], { timeoutMs: 5_000 }).then(
    () => true,
    () => false,
  );

/**
 * Sees to it that Chromium's sandbox works in this Electron: it needs namespaces, or else its helper to be root's. Root
 * itself can have none; the answer is the switches to start with.
 */
export async function ensureSandbox(dist) {
  if (process.getuid() === 0) {
    say('running as root, which Chromium allows only without its sandbox');
    return ['--no-sandbox'];
  }
  const helper = join(dist, 'chrome-sandbox');
  const { uid, mode } = statSync(helper);
  if ((uid === 0 && (mode & 0o4000) !== 0) || (await mayMakeNamespaces())) return [];
  say("this system restricts user namespaces: making Chromium's sandbox helper root's instead");
  const byHand = `sudo chown root ${helper} && sudo chmod 4755 ${helper}`;
  await step("preparing Chromium's sandbox", byHand, async () => {
    await run(asRoot(['chown', 'root', helper]));
    await run(asRoot(['chmod', '4755', helper]));
  });
  return [];
}
