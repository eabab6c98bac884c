import { describe, expect, test } from 'vitest';
import { createContractServer } from '../../../../src-main/ipc/dispatch.ts';
import { Emitter } from '../../../../src-main/engine/events.ts';
import type { Logger } from '../../../../src-main/engine/logger.ts';
import type { ContractEvent } from '../../../../src-shared/contract/index.ts';
import { VirError } from '../../../../src-shared/errors.ts';

const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';

function server(handlers: Parameters<typeof createContractServer>[0]) {
  const events = new Emitter<ContractEvent>();
  const logged: unknown[] = [];
  const logger: Logger = { log: (...entry) => logged.push(entry) };
  return { contract: createContractServer(handlers, events, logger), events, logged };
}

describe('the contract server', () => {
  test('gives a handler the checked argument and answers with its value', async () => {
    const { contract } = server({
      'domains.suspend': () => undefined,
      'domains.xml': ({ uuid: id }) => `<domain id='${id}'/>`,
    });
    expect(await contract.handle('domains.xml', { uri: 'test:///default', uuid }, 'a')).toEqual({
      ok: true,
      value: `<domain id='${uuid}'/>`,
    });
  });

  test('refuses a call that is not in the contract, also an inherited name', async () => {
    const { contract } = server({});
    for (const name of ['domains.explode', 'toString', '__proto__']) {
      expect(await contract.handle(name, {}, 'a')).toMatchObject({ ok: false, error: { code: 'no-support' } });
    }
  });

  test('says that a call of the contract has no handler here', async () => {
    const { contract } = server({});
    const reply = await contract.handle('settings.get', {}, 'a');
    expect(reply).toMatchObject({
      ok: false,
      error: { code: 'no-support', message: expect.stringContaining('settings.get') },
    });
  });

  test('names the part of the argument that is wrong and never runs the handler', async () => {
    let ran = false;
    const { contract } = server({
      'domains.suspend': () => {
        ran = true;
      },
    });
    const reply = await contract.handle('domains.suspend', { uri: 'test:///default', uuid: 'x' }, 'a');
    expect(reply).toMatchObject({
      ok: false,
      error: { code: 'invalid-arg', message: expect.stringContaining('(uuid)') },
    });
    expect(ran).toBe(false);
  });

  test('passes expected errors on, and logs what is a bug', async () => {
    const expected = new VirError({ code: 'no-domain', domain: 'qemu', message: 'no such domain', fix: 'look again' });
    let next: unknown = expected;
    const { contract, logged } = server({
      'settings.get': () => {
        throw next;
      },
    });
    expect(await contract.handle('settings.get', {}, 'a')).toEqual({ ok: false, error: expected.data });
    expect(logged).toHaveLength(0);
    next = new TypeError('undefined is not a function');
    expect(await contract.handle('settings.get', {}, 'a')).toMatchObject({
      ok: false,
      error: { code: 'internal-error' },
    });
    expect(logged).toHaveLength(1);
  });

  test('releases what a client held when it goes, once, and when it is replaced', async () => {
    const released: string[] = [];
    const { contract } = server({
      'stats.watch': ({ uri }, client) => {
        client.onDisconnect('stats', () => released.push(uri));
      },
    });
    await contract.handle('stats.watch', { uri: 'test:///a', pace: 'fine' }, 'a');
    await contract.handle('stats.watch', { uri: 'test:///b', pace: 'fine' }, 'a');
    expect(released).toEqual(['test:///a']);
    contract.disconnect('a');
    contract.disconnect('a');
    expect(released).toEqual(['test:///a', 'test:///b']);
  });
});
