// What every setup step shares. Plain Node: nothing is installed yet when this runs.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vivarium');

/** Progress goes to standard error: standard output is for results. */
export const say = (line) => console.error(`vivarium: ${line}`);

/** A step that could not be done: which, why, and the command a person can run instead. */
export class StepFailed extends Error {
  constructor(step, reason, byHand) {
    super(stripVTControlCharacters(`${step} failed: ${reason}`));
    this.byHand = byHand;
  }
}

/** A line of a program's own stack: it explains nothing to whom reads why a step failed. */
const stackLine = /^(npm error)?\s+at .+:\d+(:\d+)?\)?( \{)?$/;
const endOf = (text) =>
  stripVTControlCharacters(text)
    .trim()
    .split('\n')
    .filter((line) => !stackLine.test(line))
    .slice(-15)
    .join('\n    ');

/**
 * Runs a program and answers its standard output (with `complaints`, its standard error too); its output goes to the
 * terminal as well unless `quiet`. Rejects with the end of what it said when it fails or takes longer than `timeoutMs`.
 */
export function run(argv, { quiet = true, complaints = false, timeoutMs = 600_000, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let tail = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const listen = (stream, target, isOut) =>
      stream.setEncoding('utf8').on('data', (text) => {
        if (isOut || complaints) stdout += text;
        tail = (tail + text).slice(-4000);
        if (!quiet) target.write(text);
      });
    listen(child.stdout, process.stdout, true);
    listen(child.stderr, process.stderr, false);
    child.on('error', (error) => {
      clearTimeout(timer);
      if (error.code !== 'ENOENT' || options.cwd !== undefined) return reject(error);
      const rights = argv[0] === 'sudo' ? ', and only root may do this' : '';
      reject(new Error(`${argv[0]} is not installed${rights}`));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(stdout);
      const how = timedOut ? `took longer than ${timeoutMs / 1000} s` : `ended with ${signal ?? code}`;
      const said = endOf(tail);
      reject(new Error(`${argv[0]} ${how}${said === '' ? '' : `\n    ${said}`}`));
    });
  });
}

/** Does a step, naming it, its reason and the command to run by hand when it fails. */
export async function step(name, byHand, work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StepFailed) throw error;
    throw new StepFailed(name, error.message, byHand);
  }
}

/** The command with what makes it root's: nothing for root, sudo for anybody else. */
export const asRoot = (argv) => (process.getuid() === 0 ? argv : ['sudo', ...argv]);

/** The same for a person's terminal, who may be on a system without sudo. */
export function byHandAsRoot(argv) {
  const hasSudo = (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'sudo')));
  if (process.getuid() === 0 || hasSudo) return asRoot(argv).join(' ');
  return `su -c '${argv.join(' ')}'`;
}

/** A small JSON file in the cache; `undefined` while it is not there. */
export function recall(name) {
  try {
    return JSON.parse(readFileSync(join(cache, name), 'utf8'));
  } catch {
    return undefined; // Absent or torn: the work it remembers is done again.
  }
}

export function remember(name, value) {
  mkdirSync(dirname(join(cache, name)), { recursive: true });
  writeFileSync(join(cache, name), `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Runs a script's main function: a failure is printed as sentences, never as a stack of our own. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(`vivarium: ${error.message}`);
    if (error.byHand !== undefined) console.error(`vivarium: to do this step by hand: ${error.byHand}`);
    process.exitCode = 1;
  }
}

export const isMain = (meta) => process.argv[1] === fileURLToPath(meta.url);
