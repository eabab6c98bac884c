import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const minute = 60_000;

/** One project a folder of test/. Those that start machines or windows run one file at a time. */
const project = (name: string, groupOrder: number, rest: object): object => ({
  test: {
    name,
    root,
    include: [`test/${name}/**/*.test.{ts,tsx}`],
    environment: 'node',
    sequence: { groupOrder },
    ...rest,
  },
});

export default defineConfig({
  root,
  test: {
    projects: [
      project('unit', 0, { testTimeout: 5_000 }),
      project('fuzz', 1, { testTimeout: minute }),
      project('conformance', 2, { testTimeout: 5 * minute, hookTimeout: 2 * minute }),
      project('engine', 3, { testTimeout: 2 * minute, hookTimeout: 2 * minute, fileParallelism: false, maxWorkers: 1 }),
      project('e2e', 4, {
        testTimeout: 3 * minute,
        hookTimeout: 3 * minute,
        fileParallelism: false,
        maxWorkers: 1,
        globalSetup: ['test/support/e2e-setup.ts'],
      }),
    ],
  },
});
