/**
 * virt-manager as Debian has it, worked like a person does: its wizard makes a machine on our engine, and its consoles
 * show that machine's screen and serial port. What the screen shows is read from the X server.
 */
import { accessSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { libvirtUri } from '../../../src-main/rpc/door.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml, until } from '../../support/qemu-engine.ts';
import { writeScreenGuest } from '../../support/screen-guest.ts';
import { startXvfb, type Xvfb } from '../../support/xvfb.ts';

const patienceMs = 90_000;
const python = '/usr/bin/python3';
const programs = [
  '/usr/bin/virt-manager',
  python,
  '/usr/bin/Xvfb',
  '/usr/bin/dbus-run-session',
  '/usr/libexec/at-spi-bus-launcher',
  '/usr/bin/xdotool',
  '/usr/bin/import',
];
const driver = join(import.meta.dirname, 'virt_manager.py');

/** The colours of the guest's screen: at first, and after one key. */
const [untouched, afterOneKey] = ['#203040', '#706050'];

function has(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

function needs(context: TestContext, ...libraries: readonly string[]): void {
  for (const path of programs) if (!has(path)) context.skip(`${path} is not installed`);
  const folders = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'girepository-1.0'));
  for (const library of ['Atspi-2.0', ...libraries]) {
    const found = folders.some((folder) => has(join(folder, `${library}.typelib`)));
    if (!found) context.skip(`the introspection of ${library} is not installed`);
  }
}

/** virt-manager on a screen and with settings of its own. */
class Manager {
  readonly #child: ChildProcess;
  readonly #answers: Interface;
  readonly #display: string;
  readonly #folder: string;

  constructor(uri: string, display: string, folder: string) {
    this.#display = display;
    this.#folder = folder;
    this.#child = spawn('dbus-run-session', ['--', python, driver, '-c', uri], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
      env: {
        PATH: process.env['PATH'],
        DISPLAY: display,
        GDK_BACKEND: 'x11',
        GSETTINGS_BACKEND: 'memory',
        LC_ALL: 'C.UTF-8',
        HOME: folder,
        XDG_RUNTIME_DIR: folder,
        XDG_DATA_HOME: join(folder, 'data'),
        XDG_CONFIG_HOME: join(folder, 'config'),
        XDG_CACHE_HOME: join(folder, 'cache'),
      },
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('it has no output');
    this.#answers = createInterface(stdout);
  }

  /** Does one thing, as `virt_manager.py` names it. */
  async do<T = unknown>(...command: readonly (string | number)[]): Promise<T> {
    const signal = AbortSignal.timeout(patienceMs);
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    let line = '';
    // What the bus starts talks on the same output.
    while (!line.startsWith('{')) [line] = (await once(this.#answers, 'line', { signal })) as [string];
    const { ok, error } = JSON.parse(line) as { readonly ok?: T; readonly error?: string };
    if (error !== undefined) throw new Error(error);
    return ok as T;
  }

  /** The colour that the middle of a machine's window has on the screen. */
  async colour(name: string): Promise<string> {
    const [x, y] = await this.do<[number, number]>('where', name);
    const picture = join(this.#folder, 'pixel.png');
    const env = { DISPLAY: this.#display };
    await run(['import', '-window', 'root', '-crop', `1x1+${x}+${y}`, picture], { env });
    const { stdout } = await run(['convert', picture, '-depth', '8', 'txt:-']);
    return /#[\dA-F]{6}/i.exec(stdout)?.[0] ?? stdout;
  }

  /** Clicks into a machine's window and presses a key there. */
  async key(name: string, key: string): Promise<void> {
    const [x, y] = await this.do<[number, number]>('where', name);
    const env = { DISPLAY: this.#display };
    await run(['xdotool', 'mousemove', String(x), String(y), 'click', '1', 'sleep', '0.5', 'key', key], { env });
  }

  async stop(): Promise<void> {
    const { pid, exitCode } = this.#child;
    if (pid === undefined || exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await Promise.race([exit, delay(5_000)]);
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
    }
  }
}

describe('virt-manager', () => {
  let door: LibvirtDoor;
  let screen: Xvfb;
  let manager: Manager | undefined;
  let folder: string;

  beforeEach(async (context) => {
    needs(context);
    folder = mkdtempSync(join(tmpdir(), 'virt-manager-'));
    mkdirSync(join(folder, 'home'), { mode: 0o700 });
    door = await openLibvirtDoor();
    screen = await startXvfb({ width: 1280, height: 1000 });
  });

  afterEach(async () => {
    await manager?.stop();
    await screen.stop();
    await door.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  /** The application on our socket, once it shows its list. */
  async function open(): Promise<Manager> {
    const uri = libvirtUri('qemu:///session', door.hosted.libvirtSocketPath);
    const opened = new Manager(uri, screen.display, join(folder, 'home'));
    manager = opened;
    await opened.do('ready');
    return opened;
  }

  function disk(): string {
    const path = join(folder, 'screen.img');
    writeScreenGuest(path);
    return path;
  }

  it("shows a guest's screen over VNC and its serial port, and takes its keys", async () => {
    const { domains } = await door.hosted.engine.open('qemu:///session');
    const devices = `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${disk()}'/>
      <target dev='hda' bus='ide'/></disk><graphics type='vnc' autoport='yes'/><video><model type='vga'/></video>`;
    const machine = await domains.define?.(machineXml({ name: 'painted', memoryMiB: 64, devices }));
    await domains.start?.(machine?.uuid ?? '');
    const app = await open();

    await app.do('open', 'painted');
    await until('its screen is there', async () => (await app.colour('painted')) === untouched, patienceMs);

    await app.do('view', 'painted', 'Serial 1');
    await app.do('view', 'painted', 'Graphical');
    await app.key('painted', 'a');
    await until('it was repainted', async () => (await app.colour('painted')) === afterOneKey, patienceMs);

    // The scan codes of A, pressed and let go.
    await app.do('view', 'painted', 'Serial 1');
    await until('it wrote to its port', async () => (await app.do('terminal', 'painted')) === '1e9e', patienceMs);
    expect(door.problems).toEqual([]);
  }, 240_000);

  it('makes a machine in its wizard, starts it and shows its screen over SPICE', async (context) => {
    needs(context, 'SpiceClientGtk-3.0');
    const app = await open();
    await app.do('create', 'wizard', disk(), 128);

    const { domains } = await door.hosted.engine.open('qemu:///session');
    const made = await domains.lookupByName('wizard');
    expect(made).toMatchObject({ state: 'running', persistent: true, memoryKiB: 128 * 1024, hasGraphics: true });
    await until('its screen is there', async () => (await app.colour('wizard')) === untouched, patienceMs);
    expect(door.problems).toEqual([]);
  }, 240_000);
});
