/** A host in namespaces whose card `wan0` leads to the "Internet", with an /etc of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalInterfaces } from '../../../src-main/network/interfaces/local-interfaces.ts';
import { Lab, LabEngine } from '../network/lab.ts';

/** What has to be the same before a change and after it was taken back. */
export interface NetworkState {
  readonly addresses: unknown;
  readonly routes: unknown;
  readonly links: unknown;
}

const namespaces = ['etc', 'var/lib'];

export class InterfaceLab {
  readonly lab: Lab;
  readonly #engines = new Set<InterfaceEngine>();

  private constructor(lab: Lab) {
    this.lab = lab;
  }

  static async open({ ifupdown }: { readonly ifupdown?: string } = {}): Promise<InterfaceLab> {
    const lab = await Lab.open();
    await lab.sh(`
      mkdir -p /run/over
      for d in ${namespaces.join(' ')}; do
        mkdir -p /run/over/$d/up /run/over/$d/work
        mount -t overlay -o lowerdir=/$d,upperdir=/run/over/$d/up,workdir=/run/over/$d/work overlay /$d
      done
      rm -rf /etc/network/interfaces /etc/network/interfaces.d /var/lib/vivarium
      ip -6 address add 2001:db8:1::2/64 dev wan0 nodad
      ip -n internet address add 2001:db8:1::1/64 dev eth0 nodad
      ip -6 route add default via 2001:db8:1::1 dev wan0
      ip route add 203.0.113.0/24 via 198.51.100.1 dev wan0 metric 7 proto static`);
    if (ifupdown !== undefined) {
      await lab.run(
        [
          'sh',
          '-ec',
          'mkdir -p /etc/network/interfaces.d /run/network && printf "lo=lo\\nwan0=wan0\\n" >/run/network/ifstate && cat >/etc/network/interfaces',
        ],
        {
          input: ifupdown,
        },
      );
    }
    return new InterfaceLab(lab);
  }

  async engine({ guard }: { readonly guard?: readonly string[] } = {}): Promise<InterfaceEngine> {
    const home = join(this.lab.folder, 'engine');
    const names = ['config', 'state', 'data', 'runtime', 'cache'];
    for (const name of names) mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
    const directories = Object.fromEntries(names.map((name) => [name, join(home, name)]));
    const program = join(import.meta.dirname, 'engine-process.ts');
    const input = JSON.stringify({ directories, ...(guard === undefined ? {} : { guard }) });
    const argv = this.lab.enter([process.execPath, '--import', import.meta.resolve('tsx'), program, input]);
    const engine = new InterfaceEngine(argv);
    this.#engines.add(engine);
    return await Promise.resolve(engine);
  }

  /** A DHCP server on the "Internet", which tells of itself as name server too; it answers at once. */
  async dhcpServer(): Promise<void> {
    const options = ['--conf-file=/dev/null', '--port=0', '--interface=eth0', '--bind-interfaces', '--no-ping'];
    const range = ['--dhcp-range=198.51.100.50,198.51.100.99,1h', '--dhcp-option=6,198.51.100.1'];
    const files = ['--dhcp-leasefile=/run/dhcp.leases', '--pid-file=/run/dhcp.pid', '--log-facility=/run/dhcp.log'];
    await this.lab.run(['ip', 'netns', 'exec', 'internet', 'dnsmasq', ...options, ...range, '--log-dhcp', ...files]);
  }

  /** What the DHCP server has given out: one line a lease, with the time it ends left out. */
  async leases(): Promise<readonly string[]> {
    const text = await this.lab.sh('cat /run/dhcp.leases');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/^\d+ /, '')]));
  }

  /** The card as it is before anybody configures it. */
  async bare(): Promise<void> {
    await this.lab.sh('ip address flush dev wan0; ip route flush dev wan0 || true; ip link set wan0 down');
  }

  /** systemd-networkd with a bus of its own. Without udev devices are taken as they are: it tells by a /sys that can't be written. */
  async networkd(files: Readonly<Record<string, string>>): Promise<void> {
    await this.bare();
    await this.lab.sh('rm -rf /etc/systemd/network && mkdir -p /etc/systemd/network /run/systemd/network /run/dbus');
    for (const [name, text] of Object.entries(files)) {
      await this.lab.run(['sh', '-ec', 'cat >"$1"', 'sh', `/etc/systemd/network/${name}`], { input: text });
    }
    await this.lab.sh('mount -o remount,ro,bind /sys && dbus-daemon --system --fork --nopidfile');
    await this.startNetworkd();
  }

  async startNetworkd(): Promise<void> {
    await this.lab.sh(`
      setsid /lib/systemd/systemd-networkd >>${this.lab.folder}/networkd.log 2>&1 </dev/null &
      for i in $(seq 100); do
        networkctl --no-legend list 2>/dev/null | grep -q wan0 && exit 0
        sleep 0.1
      done
      cat ${this.lab.folder}/networkd.log >&2; exit 1`);
  }

  async state(): Promise<NetworkState> {
    const read = async (...args: readonly string[]): Promise<unknown> =>
      plain(JSON.parse((await this.lab.run(['ip', '-json', ...args])) || '[]'));
    return {
      addresses: await read('address', 'show'),
      routes: [await read('-4', 'route', 'show', 'table', 'all'), await read('-6', 'route', 'show', 'table', 'all')],
      links: await read('-details', 'link', 'show'),
    };
  }

  /** Every byte that tells of the host's network and of who keeps it, but counters, times, and secrets the kernel makes up. */
  async bytes(): Promise<Readonly<Record<string, string>>> {
    const json = async (...args: readonly string[]): Promise<string> =>
      (await this.lab.run(['ip', '-json', ...args])).replaceAll(
        /"(?:\w+_timer|gc_timer|valid_life_time|preferred_life_time|expires)":[\d.]+,?/g,
        '',
      );
    const switches = await this.lab.run(['sysctl', '-a', '--pattern', '^net\\.'], { acceptCodes: [0, 1, 255] });
    return {
      links: await json('-details', 'link', 'show'),
      addresses: await json('address', 'show'),
      routes: await json('route', 'show', 'table', 'all'),
      routes6: await json('-6', 'route', 'show', 'table', 'all'),
      firewall: await this.lab.run(['nft', 'list', 'ruleset']),
      switches: switches
        .split('\n')
        .filter((line) => !/^net\.netfilter\.nf_conntrack_count|^net\.ipv4\.tcp_fastopen_key/.test(line))
        .join('\n'),
      files: await this.files(),
    };
  }

  /** What is configured, byte for byte. */
  async files(): Promise<string> {
    return await this.lab.sh(
      'cd / && find etc/network etc/systemd/network run/systemd/network etc/NetworkManager/system-connections var/lib/vivarium -type f 2>/dev/null | sort | while read -r f; do echo "== $f"; cat "$f"; done; true',
    );
  }

  /** From now on it is another boot, to who asks. */
  async newBoot(): Promise<void> {
    await this.lab.sh(`
      echo 11111111-2222-3333-4444-555555555555 >/run/boot-id
      mount --bind /run/boot-id /proc/sys/kernel/random/boot_id`);
  }

  async close(): Promise<void> {
    for (const engine of this.#engines) engine.kill();
    await this.lab.close();
  }
}

/** Times and counters of the kernel always differ. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      /_timer$|_life_time$|^(?:hello|gc|tcn|topology_change)/.test(key) ? [] : [[key, plain(each)]],
    ),
  );
}

export class InterfaceEngine extends LabEngine {
  get interfaces(): LocalInterfaces {
    return this.networks as unknown as LocalInterfaces;
  }
}
