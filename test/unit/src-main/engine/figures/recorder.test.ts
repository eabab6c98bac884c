import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDriver } from '../../../../../src-main/drivers/test/driver.ts';
import { Engine } from '../../../../../src-main/engine/engine.ts';
import { StatsRecorder } from '../../../../../src-main/engine/figures/recorder.ts';
import { silentLogger } from '../../../../../src-main/engine/logger.ts';
import type { StatsSample } from '../../../../../src-shared/contract/events.ts';

const uri = 'test:///many?n=20';
let folder: string;
let engine: Engine;
let recorder: StatsRecorder;
let samples: StatsSample[];

async function begin(): Promise<void> {
  const at = (name: string): string => join(folder, name);
  const directories = {
    config: at('config'),
    state: at('state'),
    data: at('data'),
    runtime: at('runtime'),
    cache: at('cache'),
  };
  engine = await Engine.start({ directories, drivers: [testDriver], logger: silentLogger });
  recorder = new StatsRecorder({ engine, folder: at('figures'), logger: silentLogger, watchedMs: 20 });
  samples = [];
  engine.events.subscribe(({ event }) => {
    if (event.type === 'stats') samples.push(event.sample);
  });
}

async function end(): Promise<void> {
  await recorder.close();
  await engine.close();
}

async function until(check: () => boolean): Promise<void> {
  for (const limit = Date.now() + 4000; !check(); await delay(5)) {
    if (Date.now() > limit) throw new Error('waited in vain');
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-recorder-'));
  await begin();
});
afterEach(async () => {
  await end();
  rmSync(folder, { recursive: true });
});

describe('the recorder', () => {
  it('tells figures while somebody looks, of what runs and of the host', async () => {
    const stop = await recorder.watch(uri);
    await until(() => samples.length >= 3);
    const running = (await (await engine.open(uri)).domains.list()).filter(({ id }) => id !== undefined);
    const last = samples.at(-1);
    expect(last?.domains.map(({ uuid }) => uuid).sort()).toEqual(running.map(({ uuid }) => uuid).sort());
    const one = last?.domains.find(({ state }) => state === 'running');
    expect(one?.cpu).toBeGreaterThan(0);
    expect(one?.cpu).toBeLessThanOrEqual(1);
    expect(one?.diskReadBytesPerSecond).toBeGreaterThan(0);
    expect(last?.host.memoryTotalKiB).toBeGreaterThan(0);
    stop();
    await delay(60);
    const count = samples.length;
    await delay(100);
    expect(samples.length).toBe(count);
  });

  it('goes on while one of two watchers looks', async () => {
    const [first, second] = [await recorder.watch(uri), await recorder.watch(uri)];
    await until(() => samples.length >= 1);
    first();
    first();
    const count = samples.length;
    await until(() => samples.length > count + 1);
    second();
  });

  it('takes its time for who looks at many, until somebody looks closely', async () => {
    const steps = (): number[] => samples.slice(1).map(({ timeMs }, index) => timeMs - (samples[index]?.timeMs ?? 0));
    const calm = await recorder.watch(uri, 'calm');
    await until(() => samples.length >= 5);
    const apart = Math.max(...steps().slice(1));
    const fine = await recorder.watch(uri, 'fine');
    samples.length = 0;
    await until(() => samples.length >= 5);
    expect(Math.min(...steps().slice(1))).toBeLessThan(apart);
    fine();
    calm();
  });

  it('keeps what it saw across a restart, and leaves a gap for the time between', async () => {
    await recorder.watch(uri);
    await until(() => samples.length >= 4);
    const uuid = samples[0]?.domains[0]?.uuid ?? '';
    const toMs = Date.now() + 60_000;
    const query = { uri, uuid, fromMs: toMs - 600_000, toMs, points: 600 };
    const before = await recorder.history(query);
    expect(before.values['cpu']?.some((value) => (value ?? 0) > 0)).toBe(true);
    await end();
    expect(readdirSync(join(folder, 'figures'))).toHaveLength(1);
    await begin();
    const after = await recorder.history(query);
    // One more sample may have come before the end: into the last second, or a new one.
    const count = before.timesMs.length;
    expect(after.timesMs.slice(0, count)).toEqual(before.timesMs);
    const rounded = (values: readonly (number | null)[] | undefined): unknown =>
      values?.slice(0, count - 1).map((value) => value?.toPrecision(3));
    expect(rounded(after.values['cpu'])).toEqual(rounded(before.values['cpu']));
  });

  it('has nothing of what it never saw', async () => {
    const nothing = await recorder.history({
      uri,
      uuid: '00000000-0000-0000-0000-000000000001',
      fromMs: 0,
      toMs: 1000,
      points: 10,
    });
    expect(nothing.timesMs).toEqual([]);
  });

  it('does not sample a connection where nothing runs and nobody looks', async () => {
    await engine.open('test:///many?n=2');
    const { domains } = await engine.open('test:///many?n=2');
    for (const { uuid, id } of await domains.list()) if (id !== undefined) await domains.destroy?.(uuid);
    let asked = 0;
    const { stats } = domains;
    domains.stats = async (uuids) => {
      asked += 1;
      return (await stats?.call(domains, uuids)) ?? [];
    };
    await delay(100);
    expect(asked).toBe(0);
  });
});
