/** The page for libvirt's clients, by the keyboard alone, with a real virsh at the door that it opens. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../src-main/host/process.ts';
import { connectSocket } from '../../src-main/ipc/socket-client.ts';
import { type AppHome, createHome } from '../support/app-home.ts';
import { ask } from '../support/ask.ts';
import { launchApp, type LaunchedApp } from '../support/electron.ts';
import { freePort } from '../support/free-port.ts';
import { openLibvirtDoor } from '../support/libvirt-door.ts';

let home: AppHome;
let launched: LaunchedApp;
let window: Page;
let port: number;
let clientHome: string;

const password = 'correct horse, battery';
const mostStops = 80;

/** Goes on with Tab until the focus is on the control of this name. */
async function tabTo(role: 'button' | 'switch' | 'textbox', name: string | RegExp): Promise<void> {
  const wanted = window.getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) }).first();
  await wanted.waitFor();
  for (let stops = 0; stops < mostStops; stops += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await window.keyboard.press('Tab');
  }
  throw new Error(`the focus does not come to ${String(name)}`);
}

const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await window.keyboard.press(key);
};

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, HOME: clientHome, XDG_CONFIG_HOME: '' });
const words = (...rest: readonly string[]): string[] => ['-c', `qemu+tcp://127.0.0.1:${port}/session`, ...rest];

beforeAll(async () => {
  clientHome = mkdtempSync(join(tmpdir(), 'vivarium-client-'));
  const folder = join(clientHome, '.config', 'libvirt');
  mkdirSync(folder, { recursive: true });
  const lines = ['[credentials-own]', 'authname=fred', `password=${password}`, '[auth-libvirt-default]', ''];
  writeFileSync(join(folder, 'auth.conf'), `${lines.join('\n')}credentials=own\n`);
  port = await freePort();
  home = createHome();
  launched = await launchApp({ home });
  ({ window } = launched);
  await window.evaluate(() => {
    globalThis.location.hash = '/settings/clients';
  });
});

afterAll(async () => {
  await launched.close();
  home.dispose();
  rmSync(clientHome, { recursive: true, force: true });
});

test('a door for programs of this host is opened, and stays where it was put', async () => {
  await tabTo('switch', /over TCP/);
  await press('Space');
  await tabTo('textbox', 'Port');
  await press('Control+A');
  await window.keyboard.type(String(port));
  await press('Enter');
  await window.getByText(`virsh -c 'qemu+tcp://127.0.0.1:${port}/session' list --all`).waitFor();
  await window.getByText('Open', { exact: true }).waitFor();
  await window.getByText('Nobody can come in by a password before there is a user.').waitFor();
  const refused = await run(['virsh', ...words('list')], { acceptCodes: [1], env: environment(), timeoutMs: 30_000 });
  expect(refused.stderr).toContain('authentication failed');
});

test('a user is added, comes in, is seen, and is sent away', async () => {
  await tabTo('button', 'Add user…');
  await press('Enter');
  await tabTo('textbox', 'Name');
  await window.keyboard.type('fred');
  await press('Tab');
  await window.keyboard.type(password);
  await press('Tab');
  await window.keyboard.type(password);
  await press('Enter');
  await window.getByRole('cell', { name: 'fred', exact: true }).waitFor();

  const listed = await run(['virsh', ...words('list', '--all')], { env: environment(), timeoutMs: 30_000 });
  expect(listed.stdout).toContain('Name');

  const virsh: ChildProcess = spawn('virsh', words('event', '--loop', '--all'), { env: environment() });
  const ended = new Promise<void>((resolve) => virsh.once('exit', () => resolve()));
  try {
    const row = window.getByRole('row', { name: /TCP 127\.0\.0\.1:\d+ fred/ });
    await row.waitFor();
    await tabTo('button', 'Disconnect fred');
    await press('Enter');
    await row.waitFor({ state: 'detached' });
    await ended;
  } finally {
    virsh.kill();
  }
});

test.each(['light', 'dark'] as const)('has no serious violation in %s, with everything on it', async (theme) => {
  await ask(window, 'settings.set', { theme });
  const { violations } = await new AxeBuilder({ page: window }).setLegacyMode(true).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
});

test('closed, it lets nobody in', async () => {
  await tabTo('switch', /over TCP/);
  await press('Space');
  await window.getByText('Open', { exact: true }).waitFor({ state: 'detached' });
  await expect
    .poll(async () => {
      const gone = await run(['virsh', ...words('list')], {
        acceptCodes: [0, 1],
        env: environment(),
        timeoutMs: 30_000,
      });
      return gone.stderr;
    })
    .toContain('refused');
});

test('a host that wants a password is asked for in the window, again when it was wrong', async () => {
  const door = await openLibvirtDoor();
  const far = await connectSocket(door.hosted.socketPath);
  try {
    await far.call('libvirt.set-user', { name: 'wilma', password, readOnly: false });
    const { port: farPort } = await door.hosted.libvirtDoors.openTcp({ address: '127.0.0.1', port: 0 });
    await window.evaluate(() => {
      globalThis.location.hash = '/hosts';
    });
    await window.getByRole('button', { name: 'Add host' }).click();
    await window.getByRole('dialog').getByText('By URI').click();
    await window.getByRole('textbox', { name: 'Connection URI' }).fill(`test+tcp://127.0.0.1:${farPort}/default`);
    await press('Enter');
    const answer = async (question: string, text: string): Promise<void> => {
      const field = window.getByLabel(question, { exact: true });
      await field.waitFor();
      await field.fill(text);
      await press('Enter');
      await field.waitFor({ state: 'detached' });
    };
    for (const attempt of ['a wrong one', password]) {
      await answer('User name for 127.0.0.1:', 'wilma');
      await answer("Password of 'wilma' for 127.0.0.1:", attempt);
    }
    const card = window.getByRole('article').filter({ hasText: 'test+tcp' });
    await expect.poll(async () => await card.innerText(), { timeout: 20_000 }).toContain('Connected');
    expect((await far.call('libvirt.clients', {})).map(({ user }) => user)).toEqual(['wilma']);
  } finally {
    far.close();
    await door.close();
  }
});
