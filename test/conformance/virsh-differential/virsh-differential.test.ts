/** One script of virsh commands, asked of a real unprivileged libvirtd and of our engine; every difference has a reason. */

import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { hostEngine } from '../../../src-main/compose.ts';
import type { EngineDirectories } from '../../../src-main/engine/context.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { compare, type Comparison, lineDifference, report } from './compare.ts';
import { startSessionLibvirtd } from './session-libvirtd.ts';
import { type Answer, ask, layOut, type Side } from './side.ts';

/** Raised as handlers learn; a score below is a regression. */
const reached = 440;

const minute = 60_000;
const exists = (path: string): boolean => {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
};
const programs = ['/usr/bin/virsh', '/usr/sbin/libvirtd', '/usr/bin/qemu-system-x86_64', '/usr/bin/setpriv'];
const missing = programs.filter((path) => !exists(path));
// The other side needs a namespace of its own.
const canRun = process.getuid?.() === 0 && missing.length === 0;

interface Asked {
  readonly side: Side;
  readonly answers: readonly Answer[];
}

async function askLibvirtd(): Promise<Asked> {
  const libvirtd = await startSessionLibvirtd();
  try {
    await layOut(libvirtd.folder);
    return { side: libvirtd, answers: await ask(libvirtd) };
  } finally {
    await libvirtd.stop();
  }
}

async function askOurs(): Promise<Asked> {
  const home = mkdtempSync(join(tmpdir(), 'virsh-'));
  const directories = Object.fromEntries(
    ['config', 'state', 'data', 'runtime', 'cache'].map((name) => [name, join(home, name)]),
  ) as Record<keyof EngineDirectories, string>;
  const hosted = await hostEngine({ directories, logger: silentLogger });
  try {
    const folder = join(home, 'files');
    await layOut(folder);
    const side = { folder, uri: `qemu+unix:///session?socket=${hosted.libvirtSocketPath}` };
    return { side, answers: await ask(side) };
  } finally {
    const { domains } = await hosted.engine.open('qemu:///session');
    const running = (await domains.list()).filter(({ id }) => id !== undefined);
    await Promise.allSettled(running.map(async ({ uuid }) => await domains.destroy?.(uuid)));
    await hosted.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

describe.skipIf(!canRun)('virsh', () => {
  let comparison: Comparison;

  beforeAll(async () => {
    const libvirtd = await askLibvirtd();
    const ours = await askOurs();
    comparison = compare(libvirtd, ours);
    console.info(report(comparison));
  }, 12 * minute);

  test('shows no difference that nobody has explained', () => {
    const unexplained = comparison.differences
      .filter((difference) => difference.unexplained.length > 0)
      .map(({ command, unexplained: lines }) => `virsh ${command}\n  ${lines.join('\n  ')}`);
    expect(unexplained).toEqual([]);
  });

  test('answers at least as many commands alike as it did', () => {
    expect(comparison.equal).toBeGreaterThanOrEqual(reached);
  });
});

describe('the comparison', () => {
  test('finds the lines that only one side has', () => {
    expect(lineDifference(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual(['-b', '+x', '+d']);
    expect(lineDifference(['a', 'b'], ['a', 'b'])).toEqual([]);
  });
});
