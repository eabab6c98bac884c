/**
 * libvirt's clients as Debian has them, unmodified, on our socket: the Python and Perl bindings, virt-install and its
 * companions, virt-viewer and virt-manager on a screen of their own. One that is not installed is skipped by name.
 */
import { accessSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml, until } from '../../support/qemu-engine.ts';
import { startXvfb, type Xvfb } from '../../support/xvfb.ts';

const patienceMs = 120_000;
const python = '/usr/bin/python3';
const screenTools = ['/usr/bin/Xvfb', '/usr/bin/dbus-run-session', '/usr/bin/xwininfo'];

let door: LibvirtDoor;
/** These clients keep settings and images in the user's home, which is not theirs to touch here. */
let home: Readonly<Record<string, string>>;

beforeAll(async () => {
  door = await openLibvirtDoor();
  const folder = join(door.directories.runtime, '..', 'home');
  mkdirSync(folder, { mode: 0o700 });
  home = {
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    LIBVIRT_DEFAULT_URI: door.uri(),
    LC_ALL: 'C',
    NO_AT_BRIDGE: '1',
  };
});

afterAll(async () => {
  await door.close();
});

/** Skips a test whose client is not there, and says which. */
function needs(context: TestContext, ...programs: readonly string[]): void {
  for (const path of programs) {
    try {
      accessSync(path);
    } catch {
      context.skip(`${path} is not installed`);
    }
  }
}

const client = async (argv: readonly string[], input?: string) =>
  await run(argv, { env: home, timeoutMs: patienceMs, ...(input === undefined ? {} : { input }) });

const binding = `
import json, libvirt, sys
libvirt.registerErrorHandler(lambda *_: None, None)
c = libvirt.open(None)
d = c.defineXML(sys.stdin.read())
told = []
libvirt.virEventRegisterDefaultImpl()
e = libvirt.open(None)
e.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda _, d, what, detail, __: told.append([what, detail]), None)
d.create()
stats = c.getAllDomainStats()[0][1]
info, vcpus, memory = d.info(), d.vcpus(), d.memoryStats()
d.destroy()
for _ in range(200):
    if [5, 1] in told: break
    libvirt.virEventRunDefaultImpl()
def code(call):
    try: call()
    except libvirt.libvirtError as error: return error.get_error_code()
read = libvirt.openReadOnly(None)
answer = dict(type=c.getType(), version=c.getLibVersion(), alive=c.isAlive(), cpus=c.getInfo()[2], names=[x.name() for x in c.listAllDomains()],
  state=info[0], memory=info[1], vcpus=len(vcpus[0]), actual=memory['actual'], stats='cpu.time' in stats, told=told,
  missing=code(lambda: c.lookupByName('nobody')), refused=code(lambda: read.lookupByName(d.name()).create()), unsupported=code(lambda: d.startDirtyRateCalc(1)))
d.undefine()
print(json.dumps(answer))
`;

describe('bindings', () => {
  it("are answered: Python's", async (context) => {
    needs(context, python);
    const has = await run([python, '-c', 'import libvirt'], { acceptCodes: [0, 1] });
    if (has.exitCode !== 0) context.skip('python3-libvirt is not installed');
    const { stdout } = await client([python, '-c', binding], machineXml({ name: 'from-python' }));
    const answer = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    expect(answer).toMatchObject({
      type: 'QEMU',
      version: 9_000_000,
      alive: 1,
      names: ['from-python'],
      state: 1,
      memory: 32 * 1024,
      vcpus: 1,
      actual: 32 * 1024,
      stats: true,
      // VIR_ERR_NO_DOMAIN, VIR_ERR_OPERATION_DENIED, VIR_ERR_NO_SUPPORT
      missing: 42,
      refused: 29,
      unsupported: 3,
    });
    // Resumed before Started, then Stopped by destroying.
    expect(answer['told']).toEqual(
      expect.arrayContaining([
        [4, 0],
        [2, 0],
        [5, 1],
      ]),
    );
  });

  it("are answered: Perl's", async (context) => {
    needs(context, '/usr/bin/perl');
    const has = await run(['perl', '-e', 'use Sys::Virt'], { acceptCodes: [0, 2, 255] });
    if (has.exitCode !== 0) context.skip('libsys-virt-perl is not installed');
    const script = `
      use Sys::Virt;
      my $c = Sys::Virt->new(uri => $ENV{LIBVIRT_DEFAULT_URI});
      my $d = $c->define_domain(join('', <STDIN>));
      $d->create;
      print join(' ', $c->get_type, $c->get_node_info->{model}, map { $_->get_name } $c->list_all_domains), "\\n";
      print $d->get_info->{memory}, ' ', $d->is_active, "\\n";
      $d->destroy;
      $d->undefine;
      my @left = $c->list_all_domains;
      print scalar(@left), "\\n";`;
    const { stdout } = await client(['perl', '-e', script], machineXml({ name: 'from-perl' }));
    expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^QEMU \S+ from-perl$/), `${32 * 1024} 1`, '0']);
  });
});

describe('virt-install and its companions', () => {
  it('create and start a machine, clone it and change it', async (context) => {
    needs(context, '/usr/bin/virt-install', '/usr/bin/virt-clone', '/usr/bin/virt-xml');
    await client([
      'virt-install',
      ...['--name', 'installed', '--osinfo', 'generic', '--memory', '64', '--vcpus', '1', '--virt-type', 'qemu'],
      ...['--disk', 'size=1', '--import', '--network', 'user', '--graphics', 'vnc', '--noautoconsole'],
    ]);
    const { domains, storage } = await door.hosted.engine.open('qemu:///session');
    const installed = await domains.lookupByName('installed');
    expect(installed).toMatchObject({ state: 'running', memoryKiB: 64 * 1024, persistent: true, hasGraphics: true });
    const pool = (await storage?.pools())?.find(({ name }) => name === 'default');
    expect((await storage?.volumes(pool?.uuid ?? ''))?.map(({ name }) => name)).toContain('installed.qcow2');

    await domains.destroy?.(installed.uuid);
    await client(['virt-clone', '--original', 'installed', '--name', 'cloned', '--auto-clone']);
    expect(await domains.lookupByName('cloned')).toMatchObject({ state: 'shutoff', memoryKiB: 64 * 1024 });
    expect((await storage?.volumes(pool?.uuid ?? ''))?.map(({ name }) => name)).toContain('cloned.qcow2');

    await client(['virt-xml', 'cloned', '--edit', '--memory', '96']);
    expect(await domains.lookupByName('cloned')).toMatchObject({ maxMemoryKiB: 96 * 1024 });
  }, 240_000);
});

describe('on a screen', () => {
  let screen: Xvfb | undefined;
  const clients: ChildProcess[] = [];

  afterAll(async () => {
    for (const child of clients) await ended(child);
    await screen?.stop();
  });

  /** Starts a program with a window on a screen of its own. */
  async function show(argv: readonly string[]): Promise<void> {
    screen ??= await startXvfb({ width: 1280, height: 800 });
    const env = { ...process.env, ...home, DISPLAY: screen.display, GDK_BACKEND: 'x11' };
    // A session bus of its own that ends with it; a group of its own so that all of it can be ended.
    clients.push(spawn('dbus-run-session', ['--', ...argv], { stdio: 'ignore', detached: true, env }));
  }

  const titles = async (): Promise<string> =>
    (await run(['xwininfo', '-root', '-tree'], { env: { DISPLAY: screen?.display } })).stdout;

  /** How many colours the screen shows: an empty window has few. */
  async function colours(): Promise<number> {
    const env = { DISPLAY: screen?.display };
    const picture = join(home['HOME'] ?? '', 'screen.png');
    await run(['import', '-window', 'root', picture], { env });
    const { stdout } = await run(['identify', '-format', '%k', picture]);
    return Number(stdout);
  }

  it('virt-viewer shows the picture of a running machine', async (context) => {
    needs(context, '/usr/bin/virt-viewer', ...screenTools, '/usr/bin/import');
    const { domains } = await door.hosted.engine.open('qemu:///session');
    const devices = "<graphics type='vnc' autoport='yes'/><video><model type='vga'/></video>";
    const { uuid } = (await domains.define?.(machineXml({ name: 'seen', devices }))) ?? { uuid: '' };
    await domains.start?.(uuid);
    await show(['virt-viewer', '-c', door.uri(), 'seen']);
    await until('the window has its title', async () => /"seen \(1\)/.test(await titles()), patienceMs);
    await until('the picture is there', async () => (await colours()) > 16, patienceMs);
  });

  it('virt-manager lists what there is, and follows it', async (context) => {
    needs(context, '/usr/bin/virt-manager', ...screenTools);
    const { domains } = await door.hosted.engine.open('qemu:///session');
    const { uuid } = (await domains.define?.(machineXml({ name: 'managed' }))) ?? { uuid: '' };
    await show(['virt-manager', '--no-fork', '--debug', '-c', door.uri()]);
    await until('its window is open', async () => (await titles()).includes('Virtual Machine Manager'), patienceMs);
    const log = (): string => readLog(join(home['XDG_CACHE_HOME'] ?? '', 'virt-manager/virt-manager.log'));
    await until('it lists the machine', () => /domain=managed status=Shutoff added/.test(log()), patienceMs);
    expect(log()).toContain('changed to state=Active');
    await domains.start?.(uuid);
    await until(
      'it was told of the start',
      () => /domain=managed event=lifecycle|lifecycle event: domain=managed/.test(log()),
      patienceMs,
    );
    expect(log()).not.toMatch(/Traceback|not supported by the connection driver/);
  });
});

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await Promise.race([exit, delay(5_000)]);
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
}
