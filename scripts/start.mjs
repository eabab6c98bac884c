// `npm start`: makes everything ready that is missing, then opens the window.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGuest } from './guest/build.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { asRoot, main, root, run, say, step, StepFailed } from './setup/lib.mjs';
import { ensureModules } from './setup/modules.mjs';
import { ensurePackages } from './setup/packages.mjs';

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepFailed('checking Node', `this is Node ${process.versions.node}, and 20.19 or newer is needed`);
}

/** Whether this user may make the namespaces Chromium's sandbox is built on; containers and Ubuntu forbid it. */
const mayMakeNamespaces = () =>
  run(['unshare', '--user', '--map-root-user', 'true'], { timeoutMs: 5_000 }).then(
    () => true,
    () => false,
  );

/** Chromium's sandbox needs user namespaces or else its helper owned by root; root itself can have none. */
async function sandboxArguments(dist) {
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

await main(async () => {
  checkNode();
  await ensurePackages('run', 'guest');
  await ensureModules();
  const { dist, binary } = await ensureElectron();
  await ensureBuilt();
  await ensureGuest().catch((error) => say(`no small Linux to try: ${error.message}`));
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new StepFailed('opening the window', 'there is no display; run without one with: npx vivarium daemon');
  }
  const switches = await sandboxArguments(dist);
  const child = spawn(binary, [...switches, root, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (process.exitCode = signal === null ? (code ?? 1) : 1));
});
