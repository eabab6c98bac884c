/**
 * Bindings and programs beside libvirt's own, as Debian packages them, in front of our socket: each defines a machine,
 * starts it, asks about it, ends it and undefines it. One that is not installed is skipped by name.
 */
import { accessSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { EngineEvent } from '../../../src-main/engine/events.ts';
import { run } from '../../../src-main/host/process.ts';
import { libvirtUri } from '../../../src-main/rpc/door.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml, until } from '../../support/qemu-engine.ts';

const patienceMs = 120_000;
const files = join(import.meta.dirname, 'bindings');
const goSources = '/usr/share/gocode';

let door: LibvirtDoor;
let uri: string;
/** What the engine itself saw happen, since the last test. */
const seen: string[] = [];

beforeAll(async () => {
  door = await openLibvirtDoor();
  uri = libvirtUri('qemu:///session', door.hosted.libvirtSocketPath);
  const { events } = await door.hosted.engine.open('qemu:///session');
  events.subscribe((event: EngineEvent) => {
    if (event.type === 'domain' && event.event.kind === 'lifecycle') seen.push(event.event.event);
  });
});

afterEach(() => {
  seen.length = 0;
});

afterAll(async () => {
  await door.close();
});

function needs(context: TestContext, ...paths: readonly string[]): void {
  for (const path of paths) {
    try {
      accessSync(path);
    } catch {
      context.skip(`${path} is not installed`);
    }
  }
}

/** A file in a folder that is named after the release or the processor. */
function below(folder: string, file: string): string {
  try {
    const found = readdirSync(folder).map((name) => join(folder, name, file));
    return found.find((path) => exists(path)) ?? join(folder, '*', file);
  } catch {
    return join(folder, '*', file);
  }
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

interface Told {
  readonly state: number;
  readonly memory: number;
  readonly names: readonly string[];
  readonly told?: readonly unknown[];
}

/** Runs a client with a machine on its stdin; checks what it was told, and what the engine had to do for it. */
async function live(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Told> {
  const name = 'bound';
  const { stdout } = await run(argv, {
    env: { LIBVIRT_DEFAULT_URI: uri, ...env },
    input: machineXml({ name }),
    timeoutMs: patienceMs,
  });
  const told = JSON.parse(stdout) as Told;
  expect(told).toMatchObject({ state: 1, memory: 32 * 1024, names: [name] });
  const { domains } = await door.hosted.engine.open('qemu:///session');
  expect(await domains.list()).toEqual([]);
  expect(seen).toEqual(expect.arrayContaining(['defined', 'started', 'stopped', 'undefined']));
  return told;
}

describe('bindings of other languages', () => {
  it("are answered: Ruby's", async (context) => {
    needs(context, '/usr/bin/ruby', below('/usr/lib', 'ruby/vendor_ruby/3.1.0/_libvirt.so'));
    await live(['/usr/bin/ruby', join(files, 'client.rb')]);
  });

  it("are answered: PHP's", async (context) => {
    needs(context, '/usr/bin/php', below('/usr/lib/php', 'libvirt-php.so'));
    const loaded = (await run(['/usr/bin/php', '-m'])).stdout.includes('libvirt');
    await live(['/usr/bin/php', ...(loaded ? [] : ['-d', 'extension=libvirt-php.so']), join(files, 'client.php')]);
  });

  it("are answered: GLib's, with their signals", async (context) => {
    needs(context, '/usr/bin/python3', below('/usr/lib', 'girepository-1.0/LibvirtGObject-1.0.typelib'));
    const { told } = await live(['/usr/bin/python3', join(files, 'glib.py')]);
    expect(told).toEqual(['started', 'stopped', 'removed']);
  });

  it("are answered: a Go client that has none of libvirt's code", async (context) => {
    needs(context, '/usr/bin/go', `${goSources}/src/github.com/digitalocean/go-libvirt`);
    const cache = join(door.directories.runtime, '..', 'go');
    const env = { GO111MODULE: 'off', GOPATH: goSources, GOCACHE: cache, GOFLAGS: '' };
    const argv = ['/usr/bin/go', 'run', join(files, 'main.go'), door.hosted.libvirtSocketPath];
    const { told } = await live(argv, env);
    // Defined, Resumed before Started, Stopped by destroying, Undefined.
    expect(told).toEqual(
      expect.arrayContaining([
        [0, 0],
        [4, 0],
        [2, 0],
        [5, 1],
        [1, 0],
      ]),
    );
  }, 240_000);
});

describe('programs', () => {
  it("are answered: prometheus's exporter", async (context) => {
    const exporter = '/usr/bin/prometheus-libvirt-exporter';
    needs(context, exporter);
    const { domains } = await door.hosted.engine.open('qemu:///session');
    const machine = await domains.define?.(machineXml({ name: 'measured' }));
    const { uuid } = machine ?? { uuid: '' };
    await domains.start?.(uuid);
    const port = await freePort();
    const child = spawn(exporter, [`--web.listen-address=127.0.0.1:${port}`, `--libvirt.uri=${uri}`], {
      stdio: 'ignore',
    });
    try {
      let page = '';
      await until('it tells what it found', async () => {
        page = await fetch(`http://127.0.0.1:${port}/metrics`).then(
          async (answer) => await answer.text(),
          () => '',
        );
        return page.includes('libvirt_up 1');
      });
      expect(page).toMatch(/libvirt_domain_info_maximum_memory_bytes\{.*domain="measured".*\} 3\.3554432e\+07/);
    } finally {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      await domains.destroy?.(uuid);
      await domains.undefine?.(uuid);
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
