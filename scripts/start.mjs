// `npm start`: makes everything ready that is missing, then opens the window.
import { spawn } from 'node:child_process';
import { ensureGuest } from './guest/build.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { main, root, say, StepFailed } from './setup/lib.mjs';
import { ensureModules } from './setup/modules.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSandbox } from './setup/sandbox.mjs';

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepFailed('checking Node', `this is Node ${process.versions.node}, and 20.19 or newer is needed`);
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
  const switches = await ensureSandbox(dist);
  const child = spawn(binary, [...switches, root, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => (process.exitCode = signal === null ? (code ?? 1) : 1));
});
