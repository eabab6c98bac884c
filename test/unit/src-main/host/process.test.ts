import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, processIdentity, terminate, waitForExit } from '../../../../src-main/host/process-identity.ts';
import { ProcessError, run, spawnDetached } from '../../../../src-main/host/process.ts';

const sh = (script: string): string[] => ['/bin/sh', '-c', script];

async function failureOf(running: Promise<unknown>): Promise<ProcessError> {
  const thrown = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof ProcessError) return thrown;
  throw new Error(`expected a ProcessError, not ${String(thrown)}`);
}

describe('run', () => {
  it('gives what the program printed, and feeds it its input', async () => {
    const result = await run(sh('cat; echo warned >&2'), { input: 'grün\n' });
    expect(result).toEqual({ stdout: 'grün\n', stderr: 'warned\n', exitCode: 0 });
  });

  it('passes arguments as they are, whatever a shell would make of them', async () => {
    const result = await run(['/bin/echo', '$HOME; `id` "\'']);
    expect(result.stdout).toBe('$HOME; `id` "\'\n');
  });

  it('carries argv, status and the end of stderr when the program fails', async () => {
    const error = await failureOf(run(sh('echo first >&2; echo no space left >&2; exit 3')));
    expect(error).toMatchObject({
      failure: 'exit',
      exitCode: 3,
      argv: sh('echo first >&2; echo no space left >&2; exit 3'),
    });
    expect(error.data.cause).toBe('It ended with status 3: no space left');
    expect(error.data.details).toContain('first\nno space left');
  });

  it('accepts other exit codes when they are answers', async () => {
    expect((await run(sh('exit 1'), { acceptCodes: [0, 1] })).exitCode).toBe(1);
  });

  it('names a program that does not exist', async () => {
    const error = await failureOf(run(['/nonexistent/tool', '--x']));
    expect(error.failure).toBe('spawn');
    expect(error.message).toContain('/nonexistent/tool');
    expect(error.data.cause).toBe('There is no such program.');
  });

  it('refuses an argument with a NUL byte as a failure of that program', async () => {
    expect((await failureOf(run(['/bin/echo', 'a\0b']))).failure).toBe('spawn');
  });

  it('stops a program that takes too long', async () => {
    const error = await failureOf(run(['/bin/sleep', '30'], { timeoutMs: 50 }));
    expect(error).toMatchObject({ failure: 'timeout', code: 'operation-timeout', signal: 'SIGTERM' });
  });

  it('stops a program that was cancelled, and does not start one that is cancelled already', async () => {
    const controller = new AbortController();
    const running = run(['/bin/sleep', '30'], { signal: controller.signal });
    controller.abort();
    expect((await failureOf(running)).code).toBe('operation-aborted');
    expect((await failureOf(run(['/nonexistent'], { signal: controller.signal }))).failure).toBe('aborted');
  });

  it('stops a program that prints without end', async () => {
    const error = await failureOf(run(['/usr/bin/yes'], { maxOutputBytes: 100_000 }));
    expect(error.failure).toBe('output');
  });

  it('says which signal ended the program', async () => {
    expect(await failureOf(run(sh('kill -9 $$')))).toMatchObject({ failure: 'signal', signal: 'SIGKILL' });
  });

  it('does not wait for a background child that keeps the pipes open', async () => {
    const result = await run(sh('sleep 20 & echo $!'), { timeoutMs: 10_000 });
    const identity = processIdentity(Number(result.stdout));
    expect(identity).toBeDefined();
    if (identity !== undefined) await terminate(identity, { graceMs: 1000 });
  });

  it('survives a program that does not read its input', async () => {
    expect((await run(['/bin/true'], { input: 'x'.repeat(1 << 20) })).exitCode).toBe(0);
  });

  it('adds and removes variables, and pins the language of messages', async () => {
    const result = await run(sh('echo "$LC_ALL $ADDED ${HOME-none}"'), { env: { ADDED: 'yes', HOME: undefined } });
    expect(result.stdout).toBe('C yes none\n');
  });
});

describe('detached processes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vivarium-process-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('run in a session of their own, with output appended to the log and extra descriptors from 3', async () => {
    const logFile = join(folder, 'guest.log');
    const extra = openSync(join(folder, 'three'), 'w');
    const child = await spawnDetached(sh('cut -d" " -f6 /proc/$$/stat; echo $$ >&3; exit 4'), {
      logFile,
      extraFds: [extra],
    });
    expect(await child.exited).toEqual({ code: 4, signal: undefined });
    expect(readFileSync(logFile, 'utf8').trim()).toBe(String(child.pid));
    expect(readFileSync(join(folder, 'three'), 'utf8').trim()).toBe(String(child.pid));
    closeSync(extra);
  });

  it('are told apart from a later process with the same pid', async () => {
    const child = await spawnDetached(['/bin/sleep', '30'], { logFile: join(folder, 'log') });
    expect(isAlive(child)).toBe(true);
    expect(isAlive({ pid: child.pid, startTime: child.startTime - 1 })).toBe(false);
    expect(await terminate({ pid: child.pid, startTime: child.startTime - 1 }, { graceMs: 100 })).toBe('gone');
    expect(isAlive(child)).toBe(true);
    expect(await terminate(child, { graceMs: 2000 })).toBe('terminated');
    expect(isAlive(child)).toBe(false);
  });

  it('are killed when they ignore TERM', async () => {
    const child = await spawnDetached(sh('trap "" TERM; echo ready; while :; do sleep 0.05; done'), {
      logFile: join(folder, 'log'),
    });
    while (!readFileSync(join(folder, 'log'), 'utf8').includes('ready'))
      await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await terminate(child, { graceMs: 100 })).toBe('killed');
    expect(await child.exited).toEqual({ code: undefined, signal: 'SIGKILL' });
  });

  it('are waited for no longer than told, and their end is seen within milliseconds', async () => {
    const child = await spawnDetached(['/bin/sleep', '30'], { logFile: join(folder, 'log') });
    expect(await waitForExit(child, 20)).toBe(false);
    const waiting = waitForExit(child, 5000);
    process.kill(child.pid, 'SIGKILL');
    const sent = performance.now();
    expect(await waiting).toBe(true);
    expect(performance.now() - sent).toBeLessThan(500);
  });

  it('that can not be started are refused with their name', async () => {
    const error = await failureOf(spawnDetached(['/nonexistent/qemu'], { logFile: join(folder, 'log') }));
    expect(error.message).toContain('/nonexistent/qemu');
  });
});

describe('processIdentity', () => {
  it('knows ourselves, and that a pid nobody has is nobody', () => {
    const self = processIdentity(process.pid);
    expect(self?.startTime).toBeGreaterThan(0);
    expect(self !== undefined && isAlive(self)).toBe(true);
    expect(processIdentity(2 ** 22 + 1)).toBeUndefined();
  });
});
