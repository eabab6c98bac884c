// `npm test [-- CHECK…]`: prepares the machine, then runs every check, or those named.
// The last line is "N passed, N failed": a tool counts as one check, vitest's tests are counted one by one.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureGuest } from './guest/build.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { ensureCorpus } from './setup/corpus.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { root, StepFailed } from './setup/lib.mjs';
import { ensureModules } from './setup/modules.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensureSandbox } from './setup/sandbox.mjs';

const minute = 60_000;
const total = { passed: 0, failed: 0, skipped: 0 };
const reports = mkdtempSync(join(tmpdir(), 'vivarium-test-'));
const bin = (name) => join(root, 'node_modules/.bin', name);
const sources = ['src-shared', 'src-main', 'src-renderer', 'test', 'scripts'];

/** Runs a program to its end; its output is shown at once, or kept and answered. */
function execute(argv, timeoutMs, show) {
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), { cwd: root, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    const timer = setTimeout(() => {
      output += `\ntook longer than ${timeoutMs / minute} minutes`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}

function report(name, startedAt, failure) {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (failure === undefined) total.passed += 1;
  else total.failed += 1;
  console.log(`${failure === undefined ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (failure) console.log(failure.replace(/^/gm, '    '));
}

/** A check that is a tool's exit code. */
const tool = (name, ...argv) => ({
  name,
  run: async () => {
    const startedAt = Date.now();
    const { code, output } = await execute(argv, 10 * minute, false);
    report(name, startedAt, code === 0 ? undefined : output.trim() || `${argv[0]} ended with ${code}`);
  },
});

/** A check that is a step of our own. */
const own = (name, work) => ({
  name,
  run: async () => {
    const startedAt = Date.now();
    try {
      await work();
      report(name, startedAt);
    } catch (error) {
      const byHand = error instanceof StepFailed && error.byHand ? `\nto do it by hand: ${error.byHand}` : '';
      report(name, startedAt, `${error.message}${byHand}`);
    }
  },
});

/** A vitest project: its tests are counted, and so is a file that could not even be loaded. */
const tests = (name, timeoutMs) => ({
  name,
  run: async () => {
    console.log(`\n${name} tests`);
    const file = join(reports, `${name}.json`);
    const args = ['run', '-c', 'test/vitest.config.ts', '--project', name, '--reporter=default', '--reporter=json'];
    const { code } = await execute([bin('vitest'), ...args, `--outputFile.json=${file}`], timeoutMs, true);
    let counted = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
    try {
      counted = JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      console.log(`${name}: vitest left no report`); // Its exit code is not 0 then, and counted below.
    }
    const unloaded = counted.testResults.filter(
      (each) => each.status === 'failed' && !each.assertionResults.some((one) => one.status === 'failed'),
    ).length;
    const failed = counted.numFailedTests + unloaded;
    total.passed += counted.numPassedTests;
    total.failed += failed === 0 && code !== 0 ? 1 : failed;
    total.skipped += counted.numPendingTests + counted.numTodoTests;
  },
});

const setup = [
  own('system packages', () => ensurePackages('run', 'guest', 'test')),
  own('npm packages', ensureModules),
  own('Electron', async () => {
    const { dist } = await ensureElectron();
    // Root's tests start the application as another user, from a copy of their own.
    if (process.getuid() !== 0) await ensureSandbox(dist);
  }),
  own("libvirt's test data", ensureCorpus),
  own('small guest', ensureGuest),
];
const statics = [
  tool('lint', bin('eslint'), '-c', 'scripts/config/eslint.config.js', '--max-warnings=0', ...sources),
  tool('format', bin('biome'), 'format', '--config-path', 'scripts/config', 'package.json', ...sources),
  ...['src-shared', 'src-main', 'src-renderer', 'test'].map((name) => tool(`types of ${name}`, bin('tsc'), '-p', name)),
  tool('imports', bin('depcruise'), '--config', 'scripts/config/dependency-cruiser.cjs', ...sources.slice(0, 4)),
  tool('unused code', bin('knip'), '-c', 'scripts/config/knip.json'),
];
const dynamics = [
  tests('unit', 5 * minute),
  tests('fuzz', 5 * minute),
  tests('conformance', 10 * minute),
  tests('engine', 40 * minute),
  own('build', ensureBuilt),
  tool('package', process.execPath, 'scripts/dist.mjs', '--fast'),
  tests('e2e', 20 * minute),
];

const filters = process.argv.slice(2);
const wanted = (list) => list.filter(({ name }) => filters.length === 0 || filters.some((each) => name.includes(each)));
const startedAt = Date.now();
try {
  for (const check of setup) await check.run();
  // Two processors: two tools at once.
  const queue = wanted(statics);
  const worker = async () => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) await check.run();
  };
  await Promise.all([worker(), worker()]);
  for (const check of wanted(dynamics)) await check.run();
} catch (error) {
  console.log(error);
  total.failed += 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
const { passed, failed, skipped } = total;
console.log(`\n${((Date.now() - startedAt) / minute).toFixed(1)} minutes`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
