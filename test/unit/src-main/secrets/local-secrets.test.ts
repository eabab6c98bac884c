import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EngineContext } from '../../../../src-main/engine/context.ts';
import type { EngineEvent } from '../../../../src-main/engine/events.ts';
import { JobRegistry } from '../../../../src-main/engine/jobs.ts';
import { jsonLogger } from '../../../../src-main/engine/logger.ts';
import { createLocalSecrets, type LocalSecrets } from '../../../../src-main/secrets/local-secrets.ts';

const uuid = '11111111-2222-4333-8444-555555555520';
const other = '11111111-2222-4333-8444-555555555521';
const xml = (options: { uuid?: string; attributes?: string; usage?: string } = {}): string =>
  `<secret ${options.attributes ?? ''}><uuid>${options.uuid ?? uuid}</uuid>` +
  `<usage type='ceph'><name>${options.usage ?? 'client.admin'}</name></usage></secret>`;

let folder: string;
let problems: string[];
const opened = (): LocalSecrets => {
  const [config, state, data, runtime, cache] = ['c', 's', 'd', 'r', 'k'].map((name) => join(folder, name)) as [
    ...[string, string, string, string, string],
  ];
  const logger = jsonLogger((line) => problems.push(line), 'warn');
  const context: EngineContext = {
    directories: { config, state, data, runtime, cache },
    logger,
    jobs: new JobRegistry(),
  };
  return createLocalSecrets(context);
};
const stored = (): string[] => readdirSync(join(folder, 'c/secrets')).sort();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  problems = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a secret', () => {
  test('is kept with its value, readable by its owner alone, and found by the next engine', async () => {
    const secrets = opened();
    await secrets.define(xml());
    await secrets.setValue(uuid, Buffer.from('pass\0word'));
    expect(stored()).toEqual([`${uuid}.base64`, `${uuid}.xml`]);
    for (const file of stored()) expect(statSync(join(folder, 'c/secrets', file)).mode & 0o777).toBe(0o600);
    const next = opened();
    expect(await next.list()).toEqual([
      { uuid, usageType: 'ceph', usageId: 'client.admin', ephemeral: false, private: false },
    ]);
    expect(Buffer.from(await next.value(uuid)).toString()).toBe('pass\0word');
    expect((await next.lookupByUsage('ceph', 'client.admin')).uuid).toBe(uuid);
    await next.undefine(uuid);
    expect(stored()).toEqual([]);
  });

  test('that is ephemeral never reaches the disk, and leaves it when it becomes so', async () => {
    const secrets = opened();
    await secrets.define(xml({ attributes: "ephemeral='yes'" }));
    await secrets.setValue(uuid, Buffer.from('word'));
    expect(stored()).toEqual([]);
    await secrets.define(xml());
    expect(readFileSync(join(folder, `c/secrets/${uuid}.base64`), 'utf8')).toBe('d29yZA==');
    await secrets.define(xml({ attributes: "ephemeral='yes'" }));
    expect(stored()).toEqual([]);
    expect(Buffer.from(await secrets.value(uuid)).toString()).toBe('word');
  });

  test('that is private is told to nobody but to what starts guests, and stays private', async () => {
    const secrets = opened();
    await secrets.define(xml({ attributes: "private='yes'" }));
    await expect(secrets.value(uuid)).rejects.toMatchObject({ code: 'no-secret' });
    await secrets.setValue(uuid, Buffer.from('word'));
    await expect(secrets.value(uuid)).rejects.toMatchObject({ code: 'invalid-secret', message: 'secret is private' });
    expect(Buffer.from(await secrets.reveal({ usageType: 'ceph', usage: 'client.admin' })).toString()).toBe('word');
    await expect(secrets.define(xml())).rejects.toThrow('cannot change private flag');
  });

  test('keeps its usage, and a usage has one secret', async () => {
    const secrets = opened();
    await secrets.define(xml());
    await expect(secrets.define(xml({ usage: 'other' }))).rejects.toThrow('already defined for use with client.admin');
    await expect(secrets.define(xml({ uuid: other }))).rejects.toThrow(`a secret with UUID ${uuid} already defined`);
    await expect(secrets.lookupByUuid(other)).rejects.toMatchObject({ code: 'no-secret' });
  });

  test('is announced when it is defined, filled and removed', async () => {
    const secrets = opened();
    const told: string[] = [];
    secrets.events.subscribe((event: EngineEvent) => {
      if (event.type === 'secret') told.push(event.event);
    });
    await secrets.define(xml());
    await secrets.setValue(uuid, Buffer.from('word'));
    await secrets.undefine(uuid);
    expect(told).toEqual(['defined', 'value-changed', 'undefined']);
  });
});

test('a file that is no secret is named in the log and left alone', async () => {
  const secrets = opened();
  await secrets.define(xml());
  const path = join(folder, `c/secrets/${other}.xml`);
  writeFileSync(path, '<secret>');
  expect(await opened().list()).toHaveLength(1);
  expect(problems.join()).toContain(path);
  expect(readFileSync(path, 'utf8')).toBe('<secret>');
});
