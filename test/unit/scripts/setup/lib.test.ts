import { describe, expect, it } from 'vitest';
import { loadScript } from '../../../support/script.ts';

const { run, step } = (await loadScript('setup/lib.mjs')) as {
  run(argv: readonly string[], options?: { readonly timeoutMs?: number }): Promise<string>;
  step(name: string, byHand: string, work: () => Promise<unknown>): Promise<unknown>;
};

describe('a step of the setup that fails', () => {
  it('names the step, the reason and the command to run by hand', async () => {
    const failing = step('installing things', 'sudo install things', () =>
      run(['node', '-e', 'console.error("the archive is closed"); process.exit(3)']),
    );
    await expect(failing).rejects.toMatchObject({
      message: 'installing things failed: node ended with 3\n    the archive is closed',
      byHand: 'sudo install things',
    });
  });

  it('keeps what a step within it said', async () => {
    const failing = step('outer', 'by hand outside', () =>
      step('inner', 'by hand inside', () => Promise.reject(new Error('no'))),
    );
    await expect(failing).rejects.toMatchObject({ message: 'inner failed: no', byHand: 'by hand inside' });
  });

  it('leaves the stacks of programs out', async () => {
    const npm =
      'npm error code ECONNREFUSED\\nnpm error     at emitErrorEvent (node:_http_client:101:11)\\nnpm error failed';
    const failing = run(['node', '-e', `console.error("${npm}"); process.exit(1)`]);
    await expect(failing).rejects.toThrow('node ended with 1\n    npm error code ECONNREFUSED\n    npm error failed');
  });

  it('tells which program is not there', async () => {
    await expect(run(['no-such-program-here'])).rejects.toThrow('no-such-program-here is not installed');
  });

  it('ends a program that takes too long', async () => {
    const slow = run(['node', '-e', 'setTimeout(() => {}, 60000)'], { timeoutMs: 300 });
    await expect(slow).rejects.toThrow('node took longer than 0.3 s');
  });
});
