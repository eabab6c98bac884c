/**
 * The one place that starts other programs. Arguments are arrays, never a shell's line; a failure carries the argument
 * vector and the end of what the program complained.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { VirError } from '../../src-shared/errors.ts';
import { say, type Sentence } from '../../src-shared/words.ts';
import { type ChildStdio, coverInherited } from './inherited-fds.ts';
import { type ProcessIdentity, processIdentity } from './process-identity.ts';

/** Variables added to our own environment; `undefined` removes one. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  readonly input?: string | Uint8Array;
  /** After this it is terminated, then killed; 30 s unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly env?: Environment;
  readonly cwd?: string;
  /** What it may print on stdout and on stderr before it is stopped; 16 MiB unless told. */
  readonly maxOutputBytes?: number;
  /** Exit codes that are answers rather than failures; 0 alone unless told. */
  readonly acceptCodes?: readonly number[];
  /** Given each piece of stdout as it comes, for programs that tell how far they are; it still counts and is kept. */
  readonly onStdout?: (text: string) => void;
  /** Sockets it shares as its descriptors 3, 4, …; Node stops reading them here, so whoever reads them resumes them. */
  readonly sockets?: readonly Socket[];
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export type ProcessFailure = 'spawn' | 'exit' | 'signal' | 'timeout' | 'aborted' | 'output';

/** A program that could not be started, failed, or was stopped. */
export class ProcessError extends VirError {
  readonly argv: readonly string[];
  readonly failure: ProcessFailure;
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stderr: string;

  constructor(
    argv: readonly string[],
    failure: ProcessFailure,
    cause: Sentence,
    found: {
      exitCode?: number | undefined;
      signal?: NodeJS.Signals | undefined;
      stderr?: string;
      thrown?: unknown;
    } = {},
  ) {
    const stderr = tail(found.stderr ?? '');
    const details = [`command: ${argv.join(' ')}`, ...(stderr === '' ? [] : [stderr])].join('\n');
    super(
      {
        code:
          failure === 'aborted' ? 'operation-aborted' : failure === 'timeout' ? 'operation-timeout' : 'internal-error',
        domain: 'none',
        message: say`The program '${argv[0] ?? ''}' failed.`,
        cause,
        details,
      },
      { cause: found.thrown },
    );
    this.argv = argv;
    this.failure = failure;
    this.exitCode = found.exitCode;
    this.signal = found.signal;
    this.stderr = stderr;
  }
}

const defaultTimeoutMs = 30_000;
const defaultMaxOutputBytes = 16 * 1024 * 1024;
const stderrTailCharacters = 4096;
/** How long a program that was told to stop may take before it is killed. */
const stopGraceMs = 2000;
/** A program's own children may hold its pipes open for ever; its output is complete long before. */
const pipesAfterExitMs = 500;

/**
 * Runs a program to its end.
 * @throws ProcessError when it can't be started, ends otherwise than accepted, or is stopped by a limit.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal, timeoutMs = defaultTimeoutMs, maxOutputBytes = defaultMaxOutputBytes } = options;
  if (signal?.aborted === true)
    throw new ProcessError(argv, 'aborted', say`It was cancelled.`, { thrown: signal.reason });
  const child = start(argv, options, ['pipe', 'pipe', 'pipe', ...(options.sockets ?? [])], false);

  let stopped: { failure: ProcessFailure; cause: string } | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (failure: ProcessFailure, cause: string): void => {
    if (stopped !== undefined) return;
    stopped = { failure, cause };
    child.kill('SIGTERM');
    killTimer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
  };
  const onAbort = (): void => stop('aborted', 'It was cancelled.');
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop('timeout', `It did not end within ${timeoutMs} ms.`), timeoutMs);

  const collect = (stream: NodeJS.ReadableStream | null, onText?: (text: string) => void): Buffer[] => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      onText?.(chunk.toString());
      if (size <= maxOutputBytes) chunks.push(chunk);
      else stop('output', `It printed more than ${maxOutputBytes} bytes.`);
    });
    return chunks;
  };
  const out = collect(child.stdout, options.onStdout);
  const err = collect(child.stderr);
  // A program may end without reading its input; how it ended says whether that was right.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);

  try {
    const { code, killedBy } = await ended(argv, child);
    const stdout = Buffer.concat(out).toString();
    const stderr = Buffer.concat(err).toString();
    const found = { exitCode: code, signal: killedBy, stderr };
    if (stopped !== undefined) throw new ProcessError(argv, stopped.failure, stopped.cause, found);
    if (killedBy !== undefined) throw new ProcessError(argv, 'signal', say`It was ended by ${killedBy}.`, found);
    if (code === undefined || !(options.acceptCodes ?? [0]).includes(code)) {
      const said = lastLine(stderr);
      throw new ProcessError(argv, 'exit', say`It ended with status ${code}${said === '' ? '.' : `: ${said}`}`, found);
    }
    return { stdout, stderr, exitCode: code };
  } finally {
    clearTimeout(timer);
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', onAbort);
  }
}

export interface DetachedOptions {
  /** Where its stdout and stderr go, appended; made with mode 0600, its folder with 0700. */
  readonly logFile: string;
  readonly env?: Environment;
  readonly cwd?: string;
  /** File descriptors it gets as 3, 4, …; they stay open here, the caller closes them. */
  readonly extraFds?: readonly number[];
}

export interface DetachedProcess extends ProcessIdentity {
  /** How it ended, as long as this engine is its parent; it never keeps this process alive. */
  readonly exited: Promise<{ readonly code: number | undefined; readonly signal: NodeJS.Signals | undefined }>;
}

/**
 * Starts a program that outlives us: a session of its own, stdio on files.
 * @throws ProcessError when it can't be started, or is gone before it could be looked at.
 */
export async function spawnDetached(argv: readonly string[], options: DetachedOptions): Promise<DetachedProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true, mode: 0o700 });
  const log = openSync(options.logFile, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
  let child: ChildProcess;
  try {
    child = start(argv, options, ['ignore', log, log, ...(options.extraFds ?? [])], true);
  } finally {
    closeSync(log);
  }
  const exited = new Promise<Awaited<DetachedProcess['exited']>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  if (child.pid === undefined) throw await spawnFailure(argv, child);
  child.unref();
  // The kernel has the new process before spawn() returns, a zombie at worst: libuv reaps in a later turn.
  const identity = processIdentity(child.pid);
  if (identity === undefined) {
    const { code, signal } = await exited;
    throw new ProcessError(
      argv,
      'exit',
      say`It ended at once with ${signal ?? `status ${code}`}; see ${options.logFile}.`,
      {
        exitCode: code,
        signal,
      },
    );
  }
  return { ...identity, exited };
}

/** A program whose input and output are a connection to something else. */
export interface PipedProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** How it ended. Never rejects. */
  readonly ended: Promise<ProcessError>;
  kill(): void;
}

/**
 * Starts a program that is talked to through pipes for as long as it lives.
 * @throws ProcessError when it can't be started.
 */
export async function startPiped(
  argv: readonly string[],
  options: { readonly env?: Environment; readonly cwd?: string } = {},
): Promise<PipedProcess> {
  const child = start(argv, options, ['pipe', 'pipe', 'pipe'], false);
  const { stdin, stdout, stderr } = child;
  if (child.pid === undefined || stdin === null || stdout === null) throw await spawnFailure(argv, child);
  let said = '';
  stderr?.on('data', (chunk: Buffer) => {
    said = tail(said + chunk.toString());
  });
  const exit = new Promise<ProcessError>((resolve) => {
    // Its last words are complete once its pipes are closed too.
    child.once('close', (code, signal) => {
      const last = lastLine(said);
      const how = signal === null ? `It ended with status ${code}` : `It was ended by ${signal}`;
      const cause = `${how}${last === '' ? '.' : `: ${last}`}`;
      const found = { exitCode: code ?? undefined, signal: signal ?? undefined, stderr: said };
      resolve(new ProcessError(argv, signal === null ? 'exit' : 'signal', cause, found));
    });
  });
  return { stdin, stdout, ended: exit, kill: () => child.kill('SIGTERM') };
}

function start(
  argv: readonly string[],
  options: { readonly env?: Environment; readonly cwd?: string },
  stdio: ChildStdio,
  detached: boolean,
): ChildProcess {
  const [program, ...args] = argv;
  if (program === undefined || program === '') throw new ProcessError(argv, 'spawn', say`No program was named.`);
  // Messages that code reads must not depend on the user's language.
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C', ...options.env };
  for (const name in env) if (env[name] === undefined) delete env[name];
  try {
    return spawn(program, args, {
      stdio: coverInherited(stdio),
      detached,
      env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
  } catch (thrown) {
    // What Node refuses itself, such as an argument with a NUL byte.
    throw new ProcessError(argv, 'spawn', thrown instanceof Error ? thrown.message : String(thrown), { thrown });
  }
}

async function ended(
  argv: readonly string[],
  child: ChildProcess,
): Promise<{ code: number | undefined; killedBy: NodeJS.Signals | undefined }> {
  if (child.pid === undefined) throw await spawnFailure(argv, child);
  const closed = once(child, 'close');
  const [code, killedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, pipesAfterExitMs);
  });
  await Promise.race([closed, patience]);
  clearTimeout(timer);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { code: code ?? undefined, killedBy: killedBy ?? undefined };
}

async function spawnFailure(argv: readonly string[], child: ChildProcess): Promise<ProcessError> {
  const [thrown] = (await once(child, 'error')) as [NodeJS.ErrnoException];
  const cause =
    thrown.code === 'ENOENT'
      ? 'There is no such program.'
      : thrown.code === 'EACCES'
        ? 'It may not be run.'
        : thrown.message;
  return new ProcessError(argv, 'spawn', cause, { thrown });
}

function tail(text: string): string {
  return text.length <= stderrTailCharacters ? text : `…${text.slice(-stderrTailCharacters)}`;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').pop()?.trim() ?? '';
}
