/** An engine of its own with its doors open, and libvirt's real clients in front of the one that is theirs. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hostEngine, type HostedEngine } from '../../src-main/compose.ts';
import type { EngineDirectories } from '../../src-main/engine/context.ts';
import { jsonLogger } from '../../src-main/engine/logger.ts';
import { run, type RunResult } from '../../src-main/host/process.ts';
import { makeDirectories } from './qemu-engine.ts';

export interface LibvirtDoor {
  readonly hosted: HostedEngine;
  readonly directories: EngineDirectories;
  /** Warnings and errors of the engine's log. */
  readonly problems: string[];
  /** `qemu:///session` as a client of libvirt writes it for this engine. */
  uri(local?: string): string;
  /** Runs `virsh` on `local`; its exit code is part of the answer. */
  virsh(words: readonly string[], local?: string): Promise<RunResult>;
  /** Ends every machine, closes the engine, removes its folders. */
  close(): Promise<void>;
}

export async function openLibvirtDoor(directories: EngineDirectories = makeDirectories()): Promise<LibvirtDoor> {
  const problems: string[] = [];
  const hosted = await hostEngine({
    directories,
    logger: jsonLogger((line) => problems.push(line), 'warn'),
  });
  const uri = (local = 'qemu:///session'): string =>
    `${local.replace('://', '+unix://')}${local.includes('?') ? '&' : '?'}socket=${hosted.libvirtSocketPath}`;
  return {
    hosted,
    directories,
    problems,
    uri,
    virsh: async (words, local) =>
      await run(['virsh', '-c', uri(local), ...words], { acceptCodes: [0, 1], timeoutMs: 60_000 }),
    close: async () => {
      const { domains } = await hosted.engine.open('qemu:///session');
      const running = (await domains.list()).filter(({ id }) => id !== undefined);
      await Promise.allSettled(running.map(async ({ uuid }) => await domains.destroy?.(uuid)));
      await hosted.close();
      rmSync(join(directories.config, '..'), { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
