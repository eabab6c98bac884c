/**
 * Takes a change back whose engine is gone: a process of its own, started with the change, that outlives whoever started
 * it and ends with the change.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../engine/logger.ts';
import { isAlive, type ProcessIdentity } from '../../host/process-identity.ts';
import { InterfaceChanges } from './changes.ts';
import { InterfaceRecord } from './record.ts';
import { NetworkManagerBus } from './network-manager-bus.ts';
import { InterfacePerformer } from './performer.ts';

const lookMs = 250;
/** A new engine goes first. */
const graceMs = 2_000;

/** Resolves when there is no change any more that it has to look after. */
export async function guardInterfaces(folder: string, engine: ProcessIdentity, logger: Logger): Promise<void> {
  const record = new InterfaceRecord(folder);
  let goneMs: number | undefined;
  for (;;) {
    const entry = record.read();
    if (entry === undefined || entry.kind === 'changes') return;
    if (!isAlive(engine)) goneMs ??= Date.now();
    // What stands has its time; what was in the midst of something has none.
    const overMs = entry.state === 'standing' ? (entry.deadlineMs ?? goneMs) : goneMs;
    if (goneMs !== undefined && overMs !== undefined && Date.now() > overMs + graceMs) break;
    await delay(lookMs);
  }
  const bus = new NetworkManagerBus();
  const changes = new InterfaceChanges({
    record,
    performer: new InterfacePerformer(bus),
    logger,
    changed: () => undefined,
  });
  try {
    // What is over is taken back, what was being kept is kept.
    await changes.recover();
  } finally {
    changes.close();
    await bus.close();
  }
}
