import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionInfo } from '../../../../src-shared/contract/connections.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import type { EngineDirectories } from '../../../../src-main/engine/context.ts';
import type { Connection, DomainApi, Driver, Notice } from '../../../../src-main/engine/driver.ts';
import { type EngineAnnouncement, Engine } from '../../../../src-main/engine/engine.ts';
import { Emitter, type EngineEvent } from '../../../../src-main/engine/events.ts';

let folder: string;
let engines: Engine[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-engine-'));
  engines = [];
});
afterEach(async () => {
  for (const engine of engines) await engine.close();
  rmSync(folder, { recursive: true });
});

function directories(): EngineDirectories {
  const at = (name: string): string => join(folder, name);
  return { config: at('config'), state: at('state'), data: at('data'), runtime: at('runtime'), cache: at('cache') };
}

/** A driver that counts. */
class FakeDriver implements Driver {
  readonly name = 'fake';
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  readonly events = new Emitter<EngineEvent>();
  notices: readonly Notice[] = [];
  readonly noticeChanges = new Emitter<undefined>();
  failure: Error | undefined;

  accepts(uri: { readonly driver: string }): boolean {
    return uri.driver === 'fake';
  }

  label(): string {
    return 'A fake';
  }

  async open(uri: Connection['uri']): Promise<Connection> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    this.opened.push(uri.text);
    const domains: DomainApi = {
      list: () => Promise.resolve([]),
      lookupByUuid: () => Promise.reject(new Error('none')),
      lookupByName: () => Promise.reject(new Error('none')),
      lookupById: () => Promise.reject(new Error('none')),
      xml: () => Promise.reject(new Error('none')),
      state: () => Promise.reject(new Error('none')),
      start: () => Promise.reject(new Error('none')),
    };
    return {
      uri,
      type: 'Fake',
      hostname: 'here',
      events: this.events,
      notices: () => Promise.resolve(this.notices),
      noticeChanges: this.noticeChanges,
      domains,
      close: () => {
        this.closed.push(uri.text);
        return Promise.resolve();
      },
    };
  }
}

async function start(driver: FakeDriver, knownUris: readonly string[] = []): Promise<Engine> {
  const engine = await Engine.start({ directories: directories(), drivers: [driver], knownUris });
  engines.push(engine);
  return engine;
}

describe('an engine', () => {
  it('makes its folders private and owns them until it closes', async () => {
    const engine = await start(new FakeDriver());
    expect(statSync(directories().runtime).mode & 0o777).toBe(0o700);
    await expect(start(new FakeDriver())).rejects.toMatchObject({ code: 'resource-busy' });
    await engine.close();
    await start(new FakeDriver());
  });

  it('gives the folders back when it can not begin', async () => {
    await expect(start(new FakeDriver(), ['other:///x'])).rejects.toMatchObject({ code: 'no-connect' });
    await start(new FakeDriver());
  });

  it('shares one connection among all spellings of a URI, also when they come at once', async () => {
    const driver = new FakeDriver();
    const engine = await start(driver);
    const uris = ['fake:///one', 'FAKE:///one', 'fake:///one?'];
    const [first, ...others] = await Promise.all(uris.map((uri) => engine.open(uri)));
    for (const other of others) expect(other).toBe(first);
    expect(driver.opened).toEqual(['fake:///one']);
    expect(await engine.open('fake:///one?b=2&a=1')).toBe(await engine.open('fake:///one?a=1&b=2'));
    expect(driver.opened).toEqual(['fake:///one', 'fake:///one?a=1&b=2']);
  });

  it('closes a held connection with its last holder, unless it was opened for good', async () => {
    const driver = new FakeDriver();
    const engine = await start(driver);
    const [a, b] = await Promise.all([engine.hold('fake:///one'), engine.hold('fake:///one')]);
    await a.release();
    await a.release();
    expect(driver.closed).toEqual([]);
    await b.release();
    expect(driver.closed).toEqual(['fake:///one']);
    await engine.open('fake:///one');
    await (await engine.hold('fake:///one')).release();
    expect(driver.closed).toEqual(['fake:///one']);
    await engine.closeConnection('fake:///one');
    expect(driver.closed).toEqual(['fake:///one', 'fake:///one']);
  });

  it('tells what connections tell, with their URI, until they are closed', async () => {
    const driver = new FakeDriver();
    const engine = await start(driver);
    const told: EngineAnnouncement[] = [];
    engine.events.subscribe((event) => told.push(event));
    await engine.open('fake:///one');
    driver.events.emit({ type: 'domain-gone', uuid: 'x' });
    expect(told).toEqual([{ uri: 'fake:///one', event: { type: 'domain-gone', uuid: 'x' } }]);
    await engine.closeConnection('fake:///one');
    driver.events.emit({ type: 'domain-gone', uuid: 'y' });
    expect(told).toHaveLength(1);
    expect(driver.events.listenerCount).toBe(0);
  });

  it('tells how a connection comes and goes, what it can do and what it has to say', async () => {
    const driver = new FakeDriver();
    driver.notices = [{ id: 'slow', severity: 'info', message: 'no KVM' }];
    const engine = await start(driver, ['fake:///one']);
    const told: ConnectionInfo[] = [];
    engine.connectionEvents.subscribe((info) => told.push(info));
    expect(engine.connections()).toMatchObject([
      { uri: 'fake:///one', label: 'A fake', state: 'closed', domainVerbs: [] },
    ]);
    await engine.open('fake:///one');
    await new Promise((resolve) => setImmediate(resolve));
    driver.notices = [];
    driver.noticeChanges.emit(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await engine.closeConnection('fake:///one');
    expect(told.map((info) => info.state)).toEqual(['opening', 'open', 'open', 'open', 'closed']);
    expect(told[1]?.domainVerbs).toContain('start');
    expect(told[1]?.domainVerbs).not.toContain('destroy');
    expect(told.map((info) => info.notices.length)).toEqual([0, 0, 1, 0, 0]);
  });

  it('says why a connection could not be opened, and tries again when asked again', async () => {
    const driver = new FakeDriver();
    driver.failure = new VirError({ code: 'no-connect', domain: 'none', message: 'The host does not answer.' });
    const engine = await start(driver);
    await expect(engine.open('fake:///one')).rejects.toThrow('does not answer');
    expect(engine.connections()).toMatchObject([{ state: 'failed', error: { code: 'no-connect' } }]);
    driver.failure = undefined;
    await engine.open('fake:///one');
    expect(engine.connections()).toMatchObject([{ state: 'open' }]);
    expect(engine.connections()[0]).not.toHaveProperty('error');
  });

  it('refuses what is no URI and what no driver knows', async () => {
    const engine = await start(new FakeDriver());
    await expect(engine.open('nonsense')).rejects.toMatchObject({ code: 'invalid-arg' });
    await expect(engine.open('other:///x')).rejects.toMatchObject({
      data: { code: 'no-connect', cause: 'There are drivers for: fake.' },
    });
  });

  it('closes everything it opened, and opens nothing any more', async () => {
    const driver = new FakeDriver();
    const engine = await start(driver);
    await Promise.all([engine.open('fake:///one'), engine.open('fake:///two')]);
    await engine.close();
    expect([...driver.closed].sort()).toEqual(['fake:///one', 'fake:///two']);
    await expect(engine.open('fake:///one')).rejects.toMatchObject({ code: 'no-connect' });
  });
});
