/**
 * A host in namespaces with a system bus, polkit, and the helper as the bus starts it; its users are made up for it.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { helperName } from '../../../src-main/network/helper/names.ts';
import { type ErrorData, VirError } from '../../../src-shared/errors.ts';
import { Lab } from '../network/lab.ts';

const root = join(import.meta.dirname, '../../..');
const assets = join(root, 'assets/linux/helper');

/** Where programs are that every user of the lab may run. */
const inside = '/run/vivarium-test';

/** The users of the lab. The rules let `allowed` and `other` manage networks and interfaces, and `other` look at the host. */
export const users = { allowed: 4001, denied: 4002, asked: 4003, other: 4004 } as const;

/** An action of the helper's. */
export const bridge = {
  verb: 'bridge-add',
  link: 'virbr7',
  mac: '52:54:00:11:22:33',
  stp: true,
  forwardDelaySeconds: 0,
};

/** A network with one of everything that is undone. */
export const nat = `<network>
  <name>lab</name>
  <forward mode='nat'/>
  <bridge name='virbr9' stp='off'/>
  <domain name='vm.test'/>
  <dns><host ip='192.168.77.1'><hostname>answer.test</hostname></host></dns>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.77.10' end='192.168.77.99'/>
      <host mac='52:54:00:00:00:02' name='two' ip='192.168.77.222'/>
    </dhcp>
  </ip>
  <ip family='ipv6' address='2001:db8:77::1' prefix='64'/>
</network>`;

const rules = `polkit.addAdminRule(function () { return ['unix-user:root', 'unix-user:vvasked']; });
polkit.addRule(function (action, subject) {
  if (action.id === 'io.github.vivarium.interfaces.manage') {
    var mayChange = subject.user === 'vvallowed' || subject.user === 'vvother';
    return mayChange ? polkit.Result.YES : polkit.Result.NO;
  }
  if (action.id === 'io.github.vivarium.network.monitor' && subject.user === 'vvother') return polkit.Result.YES;
  var isManaged = action.id === 'io.github.vivarium.network.manage';
  if (!isManaged && action.id !== 'io.github.vivarium.network.attach') return undefined;
  if (action.lookup('bridge') === 'vvclosed') return polkit.Result.NO;
  if (action.lookup('device') === 'vvforbidden') return polkit.Result.NO;
  if (subject.user === 'vvallowed' || subject.user === 'vvother') return polkit.Result.YES;
  if (subject.user === 'vvdenied') return polkit.Result.NO;
  return undefined;
});
`;

/** Why these tests can't run here; undefined when they can. */
export function whatIsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'namespaces with several users need root';
  const files = ['/usr/bin/dbus-daemon', '/usr/lib/polkit-1/polkitd', '/usr/lib/dbus-1.0/dbus-daemon-launch-helper'];
  const absent = files.filter((file) => !existsSync(file));
  return absent.length === 0 ? undefined : `${absent.join(' and ')} is not installed`;
}

export interface BusLabOptions {
  readonly withPolkit?: boolean;
  readonly withHelper?: boolean;
  /** How long the helper stays when nobody asks. */
  readonly idleSeconds?: number;
  /** What runs the helper: by default this Node and what is built from the sources. */
  readonly program?: readonly string[];
}

export class BusLab {
  readonly lab: Lab;
  /** What the bus starts for the helper. */
  readonly program: readonly string[];
  readonly #callers = new Set<Caller>();

  private constructor(lab: Lab, program: readonly string[]) {
    this.lab = lab;
    this.program = program;
  }

  static async open({
    withPolkit = true,
    withHelper = true,
    idleSeconds = 60,
    program = [`${inside}/node`, `${inside}/helper.mjs`],
  }: BusLabOptions = {}): Promise<BusLab> {
    const lab = await Lab.open();
    const programs = join(lab.folder, 'programs');
    mkdirSync(programs);
    await bundle('src-main/helper/main.ts', join(programs, 'helper.mjs'));
    await bundle('test/engine/helper/caller-process.ts', join(programs, 'caller.mjs'));
    writeFileSync(join(lab.folder, 'rules'), rules);
    const service = readFileSync(join(assets, `${helperName}.service`), 'utf8');
    const command = `${hardened()} ${program.join(' ')} --idle-seconds ${idleSeconds}`;
    writeFileSync(join(lab.folder, 'service'), service.replace(/^Exec=.*$/m, `Exec=${command}`));
    for (const file of [`${helperName}.conf`, 'io.github.vivarium.policy']) {
      copyFileSync(join(assets, file), join(lab.folder, file));
    }
    const accounts = Object.entries(users).map(([name, uid]) => `vv${name}:x:${uid}:${uid}::/:/bin/sh`);
    await lab.sh(`
      mkdir -p /run/over /run/dbus ${inside}
      for d in etc usr/share var/lib; do
        mkdir -p /run/over/$d/up /run/over/$d/work
        mount -t overlay -o lowerdir=/$d,upperdir=/run/over/$d/up,workdir=/run/over/$d/work overlay /$d
      done
      cp ${programs}/*.mjs ${inside}/
      touch ${inside}/node
      mount --bind ${process.execPath} ${inside}/node
      printf '%s\\n' ${accounts.map((line) => `'${line}'`).join(' ')} >>/etc/passwd
      rm -rf /var/lib/vivarium
      if ${withHelper}; then
        install -D -m 644 ${lab.folder}/${helperName}.conf /usr/share/dbus-1/system.d/${helperName}.conf
        install -D -m 644 ${lab.folder}/service /usr/share/dbus-1/system-services/${helperName}.service
        install -D -m 644 ${lab.folder}/io.github.vivarium.policy /usr/share/polkit-1/actions/io.github.vivarium.policy
      fi
      rm -f /etc/polkit-1/rules.d/* /usr/share/polkit-1/rules.d/*
      install -D -m 644 ${lab.folder}/rules /etc/polkit-1/rules.d/10-test.rules
      # Who is not started here is not started by the bus either.
      rm -f /usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service
      dbus-daemon --system --fork --nopidfile`);
    if (withPolkit) {
      await lab.sh(`setsid /usr/lib/polkit-1/polkitd --no-debug >${lab.folder}/polkitd.log 2>&1 </dev/null &`);
      await lab.sh(`
        for i in $(seq 200); do
          busctl --system list --no-legend | grep -q org.freedesktop.PolicyKit1 && exit 0
          sleep 0.05
        done
        cat ${lab.folder}/polkitd.log >&2; exit 1`);
    }
    return new BusLab(lab, program);
  }

  /** A program that a user runs. */
  async caller(uid: number): Promise<Caller> {
    const argv = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
    const caller = new Caller(this.lab.enter([...argv, `${inside}/node`, `${inside}/caller.mjs`]));
    this.#callers.add(caller);
    return await Promise.resolve(caller);
  }

  /** Ends a program in the midst of whatever it does. */
  async kill(caller: Caller): Promise<void> {
    // What was spawned here only leads into the namespaces.
    await this.lab.run(['kill', '-9', String(await caller.ask('pid'))]);
  }

  /** A folder of this user's own. */
  async home(uid: number): Promise<string> {
    const path = `/run/home-${uid}`;
    await this.lab.sh(`install -d -o ${uid} -g ${uid} -m 700 ${path}`);
    return path;
  }

  async links(): Promise<string> {
    return await this.lab.run(['ip', '-brief', 'link', 'show']);
  }

  /** The helper's process as the lab sees it; undefined when none runs. */
  async helperPid(): Promise<number | undefined> {
    const arguments_ = ['org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'GetConnectionUnixProcessID', 's'];
    const call = ['busctl', '--system', 'call', ...arguments_, helperName];
    const answer = await this.lab.run(call, { acceptCodes: [0, 1] });
    const pid = /^u (\d+)$/m.exec(answer)?.[1];
    return pid === undefined ? undefined : Number(pid);
  }

  /**
   * Has the helper killed in the midst of a change: once, before a program runs whose command line begins so, or after it
   * did what it was to do.
   */
  async crash(when: 'before' | 'after', program: string, words: string): Promise<void> {
    const path = (await this.lab.sh(`readlink -f /usr/sbin/${program}`)).trim();
    const kill = 'rm /run/crash && kill -9 $PPID && sleep 0.2';
    const script = `#!/bin/sh
case "$*" in '${words}'*) hit=yes;; esac
[ "$hit$(cat /run/crash 2>/dev/null)" = yesbefore ] && ${kill} && exit 1
/run/real-${program} "$@"
code=$?
[ "$hit$code$(cat /run/crash 2>/dev/null)" = yes0after ] && ${kill}
exit $code
`;
    const file = join(this.lab.folder, `${program}.sh`);
    writeFileSync(file, script, { mode: 0o755 });
    await this.lab.sh(`
      if ! test -e /run/real-${program}; then
        cp ${path} /run/real-${program}
        cp ${file} /run/fake-${program} && mount --bind /run/fake-${program} ${path}
      else cat ${file} >/run/fake-${program}; fi
      echo ${when} >/run/crash`);
  }

  async hasCrashed(): Promise<boolean> {
    return (await this.lab.sh('test -e /run/crash && echo no || echo yes')).trim() === 'yes';
  }

  /** What the helper has recorded, by its files' names. */
  async recorded(): Promise<readonly string[]> {
    const names = await this.lab.sh('ls /var/lib/vivarium/helper 2>/dev/null || true');
    return names.split('\n').flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
  }

  async close(): Promise<void> {
    for (const caller of this.#callers) caller.kill();
    await this.lab.close();
  }
}

/** The capabilities that the unit for systemd leaves, by the words of setpriv. */
function hardened(): string {
  const unit = readFileSync(join(assets, 'vivarium-helper.service'), 'utf8');
  const set = /^CapabilityBoundingSet=(.+)$/m.exec(unit)?.[1]?.split(' ') ?? [];
  const kept = set.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`);
  return `/usr/bin/setpriv --no-new-privs --bounding-set -all,${kept.join(',')} --`;
}

const bundles = new Map<string, Promise<Uint8Array>>();

/** Built once for all labs of a test file. */
async function bundle(entry: string, outfile: string): Promise<void> {
  const made = bundles.get(entry) ?? makeBundle(entry, outfile);
  bundles.set(entry, made);
  writeFileSync(outfile, await made);
}

async function makeBundle(entry: string, outfile: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...{
      entryPoints: [join(root, entry)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
    },
    ...{ logLevel: 'silent', write: false },
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`nothing was built from ${entry}`);
  return file.contents;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: ErrorData;
  readonly errorName?: string;
}

/** A caller's error, with its name on the bus. */
export class CallerError extends VirError {
  readonly errorName: string | undefined;

  constructor(data: ErrorData, errorName: string | undefined) {
    super(data);
    this.errorName = errorName;
  }
}

export class Caller {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #serial = 0;
  #log = '';

  constructor([program = '', ...args]: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#log += text));
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.(answer);
    });
    this.#child.on('close', () => {
      const data = { code: 'internal-error', domain: 'none', message: `The caller ended. ${this.#log}` } as const;
      for (const [id, settle] of this.#waiting) settle({ id, error: data });
    });
  }

  async ask(method: string, ...args: readonly unknown[]): Promise<unknown> {
    const id = (this.#serial += 1);
    const { value, error, errorName } = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.stdin.write(`${JSON.stringify({ id, method, args })}\n`);
    });
    this.#waiting.delete(id);
    if (error !== undefined) throw new CallerError(error, errorName);
    return value;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Looks until it is so. */
export async function until(what: string, look: () => Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(50);
  }
}
