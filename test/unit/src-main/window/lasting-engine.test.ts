import { expect, test } from 'vitest';
import { silentLogger } from '../../../../src-main/engine/logger.ts';
import type { ContractServer } from '../../../../src-main/ipc/server.ts';
import { type FoundEngine, lastingEngine } from '../../../../src-main/window/lasting-engine.ts';
import type { ContractEvent } from '../../../../src-shared/contract/index.ts';
import { VirError } from '../../../../src-shared/errors.ts';

/** An engine that can be made to die; it answers every call with its name. */
function engineCalled(name: string, kind: FoundEngine['kind']) {
  const subscribed = new Map<string, (event: ContractEvent) => void>();
  let die: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => {
    die = resolve;
  });
  const server: ContractServer = {
    handle: () => Promise.resolve({ ok: true, value: name }),
    subscribe(clientId, listener) {
      subscribed.set(clientId, listener);
      return () => subscribed.delete(clientId);
    },
    disconnect: () => undefined,
  };
  const engine: FoundEngine & { closed: boolean } = {
    kind,
    server,
    lost,
    closed: false,
    close() {
      engine.closed = true;
      return Promise.resolve();
    },
  };
  return { engine, subscribed, die: () => die() };
}

const busy = (): VirError => new VirError({ code: 'resource-busy', domain: 'none', message: 'still held' });
const event: ContractEvent = { channel: 'command', command: 'hello' };

test('a window goes on with another engine when the one it used dies', async () => {
  const [first, second] = [engineCalled('first', 'attached'), engineCalled('second', 'embedded')];
  // The dying one holds its folders a moment longer.
  const found = [() => first.engine, busy, busy, () => second.engine];
  const lasting = await lastingEngine({
    find: () => {
      const next = found.shift()?.();
      return next instanceof Error || next === undefined ? Promise.reject(next ?? busy()) : Promise.resolve(next);
    },
    logger: silentLogger,
  });
  const heard: string[] = [];
  const end = lasting.server.subscribe('a', ({ channel }) => heard.push(channel));
  const replaced = new Promise((resolve) => lasting.onReplaced(resolve));
  expect(await lasting.server.handle('x', {}, 'a')).toEqual({ ok: true, value: 'first' });

  first.die();
  expect(await replaced).toBe('embedded');
  expect(lasting.kind).toBe('embedded');
  expect(await lasting.server.handle('x', {}, 'a')).toEqual({ ok: true, value: 'second' });
  second.subscribed.get('a')?.(event);
  expect(heard).toEqual(['command']);
  end();
  expect(second.subscribed.size).toBe(0);
  await lasting.close();
  expect(second.engine.closed).toBe(true);
});

test('what is asked meanwhile waits for the other engine', async () => {
  const [first, second] = [engineCalled('first', 'attached'), engineCalled('second', 'attached')];
  let give: (engine: FoundEngine) => void = () => undefined;
  const later = new Promise<FoundEngine>((resolve) => {
    give = resolve;
  });
  const found = [Promise.resolve<FoundEngine>(first.engine), later];
  const lasting = await lastingEngine({ find: () => found.shift() ?? later, logger: silentLogger });
  first.die();
  await first.engine.lost;
  await Promise.resolve();
  const answer = lasting.server.handle('x', {}, 'a');
  give(second.engine);
  expect(await answer).toEqual({ ok: true, value: 'second' });
});

test('a call is told when there is no engine to be had, and the next one tries again', async () => {
  const [first, second] = [engineCalled('first', 'attached'), engineCalled('second', 'attached')];
  let available = false;
  const found: FoundEngine[] = [first.engine];
  const lasting = await lastingEngine({
    find: () => {
      const next = found.shift() ?? (available ? second.engine : undefined);
      return next === undefined ? Promise.reject(busy()) : Promise.resolve(next);
    },
    logger: silentLogger,
    patienceMs: 0,
  });
  first.die();
  await first.engine.lost;
  await Promise.resolve();
  expect(await lasting.server.handle('x', {}, 'a')).toMatchObject({ ok: false, error: { code: 'resource-busy' } });
  available = true;
  expect(await lasting.server.handle('x', {}, 'a')).toEqual({ ok: true, value: 'second' });
});

test('an engine found after the application was closed is let go', async () => {
  const [first, second] = [engineCalled('first', 'attached'), engineCalled('second', 'embedded')];
  let give: (engine: FoundEngine) => void = () => undefined;
  const later = new Promise<FoundEngine>((resolve) => {
    give = resolve;
  });
  const found = [Promise.resolve<FoundEngine>(first.engine), later];
  const lasting = await lastingEngine({ find: () => found.shift() ?? later, logger: silentLogger });
  first.die();
  await first.engine.lost;
  await Promise.resolve();
  const answer = lasting.server.handle('x', {}, 'a');
  await lasting.close();
  give(second.engine);
  expect(await answer).toMatchObject({ ok: false });
  expect(second.engine.closed).toBe(true);
});
