/**
 * A host of its own in namespaces: nothing in it touches the machine the tests run on, and everything in it ends with it.
 * It has an "Internet" (another network namespace behind `wan0`, with no way back to guests' addresses) and guests on
 * virtual cables.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { DomainApi } from '../../../src-main/engine/driver.ts';
import type { NwfilterApi } from '../../../src-main/engine/nwfilter-api.ts';
import type { LocalNetworks } from '../../../src-main/network/local-networks.ts';
import { run, type RunOptions } from '../../../src-main/host/process.ts';
import { type ErrorData, VirError } from '../../../src-shared/errors.ts';

export const internetAddress = '198.51.100.1';
export const hostAddress = '198.51.100.2';

/** What changes in a host's network can be seen by. */
export interface HostState {
  readonly links: string;
  readonly addresses: string;
  readonly routes: string;
  readonly rules: string;
  readonly switches: string;
}

export class Lab {
  readonly folder: string;
  readonly #holder: number;
  readonly #end: () => void;
  readonly #engines = new Set<LabEngine>();

  private constructor(folder: string, holder: number, end: () => void) {
    this.folder = folder;
    this.#holder = holder;
    this.#end = end;
  }

  static async open(): Promise<Lab> {
    const folder = mkdtempSync(join(tmpdir(), 'vvn-'));
    chmodSync(folder, 0o755);
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
    // The shell is the namespaces' first process: it adopts what is left behind there, and collects it.
    const child = spawn('unshare', [...namespaces, 'sh', '-c', 'while sleep 1; do :; done'], { stdio: 'ignore' });
    const first = await firstChild(child.pid ?? 0);
    const lab = new Lab(folder, first, () => child.kill('SIGKILL'));
    writeFileSync(join(folder, 'lease.sh'), leaseScript, { mode: 0o755 });
    await lab.sh('mount -t tmpfs tmpfs /run && mount -t sysfs sysfs /sys && ip link set lo up');
    // Addresses are there at once, not after a search for duplicates.
    await lab.sh('echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad');
    await lab.sh(`
      ip netns add internet
      ip link add wan0 type veth peer name eth0 netns internet
      ip address add ${hostAddress}/24 dev wan0 && ip link set wan0 up
      ip -n internet address add ${internetAddress}/24 dev eth0
      ip -n internet link set lo up && ip -n internet link set eth0 up
      ip route add default via ${internetAddress}`);
    return lab;
  }

  /** Runs a program of the lab's host, to its end. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    return (await run([...this.#enter(), ...argv], options)).stdout;
  }

  /** A few commands for a shell of the lab's host; the first that fails ends them. */
  async sh(script: string, options: RunOptions = {}): Promise<string> {
    return await this.run(['sh', '-ec', script], options);
  }

  /** A namespace with one cable whose other end is a port of the bridge. */
  async guest(name: string, bridge: string, mac: string): Promise<void> {
    await this.sh(`
      ip netns add ${name}
      ip link add tap-${name} type veth peer name eth0 netns ${name} address ${mac}
      ip link set tap-${name} master ${bridge} up
      ip -n ${name} link set lo up && ip -n ${name} link set eth0 up`);
  }

  async unplug(name: string): Promise<void> {
    await this.sh(`ip netns delete ${name}; while ip link show tap-${name} >/dev/null 2>&1; do sleep 0.05; done`);
  }

  /** Asks for an address as a guest does; the answer is what the server said, by its shell variables' names. */
  async lease(guest: string): Promise<Readonly<Record<string, string>>> {
    const file = join(this.folder, `${guest}.lease`);
    rmSync(file, { force: true });
    const client = ['busybox', 'udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '10', '-T', '1', '-F', guest];
    await this.run([
      'env',
      `LEASE_FILE=${file}`,
      'ip',
      'netns',
      'exec',
      guest,
      ...client,
      '-s',
      join(this.folder, 'lease.sh'),
    ]);
    return Object.fromEntries(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }

  /** Whether a packet and its answer come through. */
  async reaches(from: string, address: string): Promise<boolean> {
    const inside = from === 'host' ? [] : ['ip', 'netns', 'exec', from];
    const ping = [...this.#enter(), ...inside, 'busybox', 'ping', '-c', '1', '-W', '2', address];
    return (await run(ping, { acceptCodes: [0, 1] })).exitCode === 0;
  }

  async state(): Promise<HostState> {
    // Counters and times would always differ.
    const plain = (text: string): string => text.replaceAll(/\b(?:valid_lft|preferred_lft|\w+_timer) +\S+/g, '');
    const switches = await this.run(['sysctl', '-a'], { acceptCodes: [0, 1, 255] });
    return {
      links: plain(await this.run(['ip', '-details', 'link', 'show'])),
      addresses: plain(await this.run(['ip', 'address', 'show'])),
      routes:
        (await this.run(['ip', 'route', 'show', 'table', 'all'])) + (await this.run(['ip', '-6', 'route', 'show'])),
      rules: await this.run(['nft', 'list', 'ruleset']),
      switches: switches
        .split('\n')
        .filter((line) => /^net\.(?:ipv4\.(?:ip_forward|conf)|ipv6\.conf)/.test(line))
        .join('\n'),
    };
  }

  async engine(options: { readonly home?: string } = {}): Promise<LabEngine> {
    const home = join(this.folder, options.home ?? 'engine');
    const directory = (name: string): string => {
      mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
      return join(home, name);
    };
    const input = {
      directories: Object.fromEntries(
        ['config', 'state', 'data', 'runtime', 'cache'].map((name) => [name, directory(name)]),
      ),
      folder: join(this.folder, 'dnsmasq'),
    };
    const program = join(import.meta.dirname, 'engine-process.ts');
    const argv = [
      ...this.#enter(),
      process.execPath,
      '--import',
      import.meta.resolve('tsx'),
      program,
      JSON.stringify(input),
    ];
    const engine = new LabEngine(argv);
    this.#engines.add(engine);
    return await Promise.resolve(engine);
  }

  /** The command line of a program of the lab's host, for whoever talks to it. */
  enter(argv: readonly string[]): string[] {
    return [...this.#enter(), ...argv];
  }

  /** A libvirtd with folders of its own, to compare with; it ends with the lab. */
  async libvirtd(): Promise<void> {
    const folder = join(this.folder, 'libvirtd');
    const places = ['/etc/libvirt', '/var/lib/libvirt', '/var/log/libvirt', '/var/cache/libvirt'];
    for (const place of places) mkdirSync(join(folder, place), { recursive: true });
    await this.sh(`
      cp -a /etc/libvirt/. ${folder}/etc/libvirt/ && rm -rf ${folder}/etc/libvirt/qemu/networks
      ${places.map((place) => `mkdir -p ${place} && mount --bind ${folder}${place} ${place}`).join('\n      ')}
      mkdir -p /run/libvirt
      libvirtd --daemon --pid-file /run/libvirt/libvirtd.pid
      for n in $(seq 100); do virsh -c network:///system net-list >/dev/null 2>&1 && exit; sleep 0.1; done; false`);
  }

  async close(): Promise<void> {
    for (const engine of this.#engines) engine.kill();
    this.#end();
    for (let tries = 0; existsSync(`/proc/${this.#holder}`) && tries < 200; tries += 1) await delay(10);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #enter(): string[] {
    return ['nsenter', '--target', String(this.#holder), '--net', '--mount', '--pid'];
  }
}

/** An engine in the lab; its networks are asked through a pipe. */
export class LabEngine {
  readonly networks: LocalNetworks;
  readonly domains: Required<DomainApi>;
  readonly filters: Required<NwfilterApi>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers: AsyncIterator<string>;
  #log = '';

  constructor(argv: readonly string[]) {
    const [program = '', ...args] = argv;
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#log += text));
    // A crash closes the pipe; the missing answer tells.
    this.#child.stdin.on('error', () => undefined);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    const remote = <T extends object>(part: string): T =>
      new Proxy({} as T, {
        get:
          (_, method) =>
          async (...args_: readonly unknown[]) =>
            await this.#call(`${part}${String(method)}`, args_),
      });
    this.networks = remote<LocalNetworks>('');
    this.domains = remote<Required<DomainApi>>('domains.');
    this.filters = remote<Required<NwfilterApi>>('filters.');
  }

  get log(): string {
    return this.#log;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** From now on, it is killed before (even) or after (odd) the change of the host of half this number. */
  crashAt(moment: number): void {
    this.#child.stdin.write(`${JSON.stringify({ method: 'crashAt', args: [moment] })}\n`);
  }

  /** It is killed in so many milliseconds, whatever it does then. */
  crashAfter(ms: number): void {
    this.#child.stdin.write(`${JSON.stringify({ method: 'crashAfter', args: [ms] })}\n`);
  }

  /** Calls at the same time: each a method with its arguments. */
  async together(calls: readonly (readonly [string, ...unknown[]])[]): Promise<readonly unknown[]> {
    return (await this.#call('together', calls)) as readonly unknown[];
  }

  /** Lets go of the networks, which go on. */
  async leave(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }

  async #call(method: string, args: readonly unknown[]): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify({ method, args })}\n`);
    const { value: line, done } = await this.#answers.next();
    if (done === true) throw new EngineGone(this.#log);
    const { value, error } = JSON.parse(line) as { value?: unknown; error?: ErrorData };
    if (error !== undefined) throw new VirError(error);
    return value;
  }
}

/** The engine ended instead of answering. */
export class EngineGone extends Error {
  override readonly name = 'EngineGone';
}

async function firstChild(pid: number): Promise<number> {
  const path = `/proc/${pid}/task/${pid}/children`;
  for (let tries = 0; tries < 500; tries += 1) {
    const [child] = existsSync(path) ? readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number) : [];
    // It has its own /proc once the shell runs.
    if (child !== undefined && readFileSync(`/proc/${child}/comm`, 'utf8').trim() === 'sh') return child;
    await delay(10);
  }
  throw new Error('the namespaces did not come up');
}

const leaseScript = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip address replace "$ip/$mask" dev "$interface"
[ -z "$router" ] || ip route replace default via "$router"
{ echo "ip=$ip"; echo "mask=$mask"; echo "router=$router"; echo "dns=$dns"; echo "domain=$domain"; echo "lease=$lease"; echo "mtu=$mtu"; } > "$LEASE_FILE.new"
mv "$LEASE_FILE.new" "$LEASE_FILE"
`;
