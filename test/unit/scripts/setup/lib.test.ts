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

  it('ends a program that takes too long', async () => {
    const slow = run(['node', '-e', 'setTimeout(() => {}, 60000)'], { timeoutMs: 300 });
    await expect(slow).rejects.toThrow('node took longer than 0.3 s');
  });
});
