import { build } from 'esbuild';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DefinitionStore } from '../../../../src-main/engine/store.ts';
import { ProcessError, run } from '../../../../src-main/host/process.ts';
import { answers, readSmall, smallText, stateAfter, uuidOf } from './store-small.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

const fileOf = (name: string): string => join(folder, 'definitions', `${name}.xml`);
const journal = (): string => join(folder, 'history', 'journal');
const stores: DefinitionStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.settled();
});

function open(): { readonly store: DefinitionStore; readonly found: Readonly<Record<string, number>> } {
  const store = new DefinitionStore({ definitions: join(folder, 'definitions'), history: join(folder, 'history') });
  stores.push(store);
  const found = store.load(readSmall).map(({ value }) => [value.name, value.version] as const);
  return { store, found: Object.fromEntries(found.sort()) };
}

const write = async (store: DefinitionStore, name: string, version: number): Promise<void> =>
  await store.write({ name, uuid: uuidOf(name) }, smallText(name, version), 'test');

/** An engine that has answered and not flushed files yet. */
async function answered(...versions: readonly number[]): Promise<DefinitionStore> {
  const { store } = open();
  for (const version of versions) await write(store, 'web', version);
  return store;
}

describe('a definition that was answered', () => {
  it('is in its file, whole, at once', async () => {
    await answered(1);
    expect(readFileSync(fileOf('web'), 'utf8')).toBe(smallText('web', 1));
    expect(readdirSync(join(folder, 'definitions')).sort()).toEqual(['autostart', 'web.xml']);
  });

  it.each<[string, () => void]>([
    ['was never on the disk', () => rmSync(fileOf('web'))],
    ['is empty', () => truncateSync(fileOf('web'), 0)],
    ['is half there', () => truncateSync(fileOf('web'), 40)],
    ['is zeros', () => writeFileSync(fileOf('web'), Buffer.alloc(200))],
  ])('is there after a power cut when its file %s', async (_what, lose) => {
    await answered(1, 2);
    lose();
    const { store, found } = open();
    expect(found).toEqual({ web: 2 });
    expect(store.problems).toEqual([]);
    expect(readFileSync(fileOf('web'), 'utf8')).toBe(smallText('web', 2));
  });

  it('is there after a power cut that brought the former file back', async () => {
    await answered(1, 2);
    writeFileSync(fileOf('web'), smallText('web', 1));
    utimesSync(fileOf('web'), new Date(), new Date(Date.now() - 10_000));
    expect(open().found).toEqual({ web: 2 });
  });

  it('gives way to what somebody wrote into its file after a crash', async () => {
    await answered(1);
    writeFileSync(fileOf('web'), smallText('web', 7));
    utimesSync(fileOf('web'), new Date(), new Date(Date.now() + 10_000));
    expect(open().found).toEqual({ web: 7 });
  });

  it('replaces what is no definition, and that is kept', async () => {
    await answered(1);
    writeFileSync(fileOf('web'), '<d>unfinished');
    const { store, found } = open();
    expect(found).toEqual({ web: 1 });
    const [kept] = store.history.list(uuidOf('web'));
    expect(kept?.author).toBe('edited-file');
    expect(store.history.read(uuidOf('web'), kept?.id ?? '')).toBe('<d>unfinished');
  });

  it('does not come back when it was removed, neither from the journal nor by its file', async () => {
    const store = await answered(1);
    store.remove({ name: 'web', uuid: uuidOf('web') });
    expect(open().found).toEqual({});
    writeFileSync(fileOf('web'), smallText('web', 1));
    // The journal was emptied by the last start.
    expect(open().found).toEqual({ web: 1 });
  });

  it('is removed again when a power cut undid that', async () => {
    const store = await answered(1);
    store.remove({ name: 'web', uuid: uuidOf('web') });
    writeFileSync(fileOf('web'), smallText('web', 1));
    expect(open().found).toEqual({});
    expect(existsSync(fileOf('web'))).toBe(false);
  });

  it('needs no journal once its file was flushed', async () => {
    const store = await answered(1);
    await store.settled();
    rmSync(fileOf('web'));
    expect(open().found).toEqual({});
  });
});

describe('the journal', () => {
  it('is left alone and named when its last record is torn; what was answered before is there', async () => {
    await answered(1, 2);
    const bytes = readFileSync(journal());
    const second = bytes.indexOf('vivarium', 10);
    bytes[second + 100] = (bytes[second + 100] ?? 0) ^ 1;
    writeFileSync(journal(), bytes);
    rmSync(fileOf('web'));
    const { store, found } = open();
    expect(found).toEqual({ web: 1 });
    expect(store.problems).toMatchObject([{ path: `${journal()}.torn` }]);
    expect(readFileSync(`${journal()}.torn`).equals(bytes)).toBe(true);
    await write(store, 'web', 3);
    rmSync(fileOf('web'));
    expect(open()).toMatchObject({ found: { web: 3 }, store: { problems: [] } });
  });

  it('takes any number of changes, many at a time, and does not grow', async () => {
    const { store } = open();
    const version = (round: number): string => smallText('web', round).replace(' x', ` ${'x'.repeat(100_000)}`);
    for (let round = 0; round < 30; round += 1) {
      await Promise.all([
        store.write({ name: 'web', uuid: uuidOf('web') }, version(round), 'test'),
        write(store, 'shop', round),
      ]);
    }
    expect(statSync(journal()).size).toBeLessThanOrEqual(1024 * 1024);
    for (const name of ['web', 'shop']) rmSync(fileOf(name));
    expect(open().found).toEqual({ shop: 29, web: 29 });
  });

  it('takes a definition that is larger than it is', async () => {
    const { store } = open();
    const text = smallText('web', 1).replace(' x', ` ${'x'.repeat(2_000_000)}`);
    await store.write({ name: 'web', uuid: uuidOf('web') }, text, 'test');
    rmSync(fileOf('web'));
    expect(open().found).toEqual({ web: 1 });
    await write(stores.at(-1) ?? store, 'shop', 2);
    expect(open().found).toEqual({ shop: 2, web: 1 });
  });
});

describe('an engine that is killed', () => {
  const script = (): string => join(folder, 'killed.cjs');
  beforeEach(async () => {
    await build({
      entryPoints: [fileURLToPath(new URL('store-killed.ts', import.meta.url))],
      outfile: script(),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
  });

  /** How many changes were answered; when it was not killed, of how many calls, and which of them wrote. */
  async function killedAt(
    call: number,
    ...midst: readonly string[]
  ): Promise<{ readonly answered: number; readonly calls: number; readonly writes: readonly number[] }> {
    let said = '';
    await run([process.execPath, script(), folder, String(call), ...midst], {
      onStdout: (piece) => (said += piece),
    }).catch((thrown: unknown) => {
      if (!(thrown instanceof ProcessError)) throw thrown;
    });
    const [, calls = '0', writes = ''] = /calls (\d+) writes (.*)/.exec(said) ?? [];
    const done = said.split('\n').filter((line) => /^\d+$/.test(line)).length;
    return { answered: done, calls: Number(calls), writes: writes.split(',').map(Number) };
  }

  it('has stored what it answered, and all or nothing of what it was about to, at whatever call', async () => {
    const { answered: all, calls, writes } = await killedAt(0);
    expect(all).toBe(answers.length);
    expect(calls).toBeGreaterThan(40);
    const steps = Array.from({ length: calls }, (_, index) => [index + 1] as const);
    for (const [call, ...midst] of [...steps, ...writes.map((write) => [write, 'midst'] as const)]) {
      for (const name of ['definitions', 'history']) rmSync(join(folder, name), { recursive: true, force: true });
      const { answered: done } = await killedAt(call, ...midst);
      const { found, store } = open();
      expect([stateAfter(done), stateAfter(done + 1)], `at call ${call} ${midst.join()}`).toContainEqual(found);
      expect(store.problems.filter(({ path }) => path !== `${journal()}.torn`)).toEqual([]);
      expect(open()).toMatchObject({ found, store: { problems: [] } });
    }
  }, 120_000);
});
