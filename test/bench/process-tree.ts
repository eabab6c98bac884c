/** What a program and everything it started take, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** The process and its descendants. */
export function treeOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(afterName(Number(entry))?.[1]);
    if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found: number[] = [];
  const visit = (pid: number): void => {
    found.push(pid);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  visit(root);
  return found;
}

/** Proportional set size in MB: memory shared within the tree counts once. */
export function pssMB(root: number): number {
  const kiB = treeOf(root).map((pid) => {
    const text = read(`/proc/${pid}/smaps_rollup`);
    return Number(/^Pss:\s+(\d+) kB$/m.exec(text ?? '')?.[1] ?? 0);
  });
  return (kiB.reduce((sum, each) => sum + each, 0) * 1024) / 1e6;
}

/** Processor time used so far, in ms. */
export function cpuMs(root: number): number {
  return treeOf(root).reduce((sum, pid) => {
    const words = afterName(pid);
    return sum + ((Number(words?.[11] ?? 0) + Number(words?.[12] ?? 0)) * 1000) / ticksPerSecond;
  }, 0);
}

/** The words of /proc/PID/stat from the state on. */
function afterName(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // It has just ended.
  }
}
