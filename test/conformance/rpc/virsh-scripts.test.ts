/**
 * Upstream's own scripts about virsh (`tests/virsh-*`), which ask libvirt's in-memory driver, retargeted: a `virsh` in
 * front of the real one puts our socket into the URI, so that the same questions reach our driver of that name over
 * the wire. The score is printed; a script that fails without a reason fails the test, and so does a reason that is
 * not needed any more.
 */
import { accessSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { corpusDir } from '../../support/corpus.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';

/** Where it begins to differ, and why. */
const reasons: Readonly<Record<string, string>> = {
  'virsh-checkpoint': 'not yet: checkpoints',
  'virsh-cpuset': 'wrong XML is reported by line and path',
  'virsh-schedinfo': 'not yet: scheduler parameters',
  'virsh-snapshot': 'an error names the machine; not yet: checkpoints',
  'virsh-vcpupin': 'not yet: binding virtual processors',
};

const sh = '/bin/sh';
const passed = 0;
const skipped = 77;
const timeoutMs = 120_000;

/** The URI in the arguments and the variables that libvirt's clients read. Scripts that look at it get it back. */
const retargeted = (socket: string): string => `#!/bin/bash
retarget() {
  case "$1" in
    test://*\\?*) echo "\${1/#test:/test+unix:}&socket=${socket}" ;;
    test://*) echo "\${1/#test:/test+unix:}?socket=${socket}" ;;
    *) echo "$1" ;;
  esac
}
words=()
for word in "$@"; do words+=("$(retarget "$word"; echo .)"); done
[ -n "$LIBVIRT_DEFAULT_URI" ] && export LIBVIRT_DEFAULT_URI="$(retarget "$LIBVIRT_DEFAULT_URI")"
[ -n "$VIRSH_DEFAULT_CONNECT_URI" ] && export VIRSH_DEFAULT_CONNECT_URI="$(retarget "$VIRSH_DEFAULT_CONNECT_URI")"
case "$*" in
  *uri) /usr/bin/virsh "\${words[@]%$'\\n'.}" | sed 's/test+unix:/test:/; s/[?&]socket=[^ ]*//'; exit "\${PIPESTATUS[0]}" ;;
esac
exec /usr/bin/virsh "\${words[@]%$'\\n'.}"
`;

const missing = ['/usr/bin/virsh', '/bin/bash', '/usr/bin/python3'].filter((path) => {
  try {
    accessSync(path);
    return false;
  } catch {
    return true;
  }
});
if (missing.length > 0) console.info(`upstream's virsh scripts are skipped: ${missing.join(', ')} not installed`);

describe.skipIf(missing.length > 0)("upstream's virsh scripts", () => {
  let door: LibvirtDoor;
  let folder: string;

  beforeAll(async () => {
    door = await openLibvirtDoor();
    folder = mkdtempSync(join(tmpdir(), 'virsh-scripts-'));
    mkdirSync(join(folder, 'tools'));
    const virsh = join(folder, 'tools', 'virsh');
    writeFileSync(virsh, retargeted(door.hosted.libvirtSocketPath));
    chmodSync(virsh, 0o755);
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await door.close();
  });

  /** The exit code of a script in a folder of its own, and what it said. */
  async function runScript(name: string): Promise<{ readonly code: number; readonly said: string }> {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    const path = join(corpusDir(), name);
    const interpreter = /^#!.*python/.test(readFileSync(path, 'utf8')) ? '/usr/bin/python3' : sh;
    const { exitCode, stdout, stderr } = await run([interpreter, path], {
      cwd,
      timeoutMs,
      acceptCodes: [passed, 1, skipped],
      env: {
        abs_top_builddir: folder,
        abs_top_srcdir: join(corpusDir(), '..'),
        abs_srcdir: corpusDir(),
        // Otherwise it leaves the long ones out.
        VIR_TEST_EXPENSIVE: '1',
        LIBVIRT_DEFAULT_URI: undefined,
        VIRSH_DEFAULT_CONNECT_URI: undefined,
      },
    });
    return { code: exitCode, said: `${stdout}${stderr}` };
  }

  test('pass against our driver, but for what has a reason', async () => {
    // Upstream's own list of them.
    const names = [...readFileSync(join(corpusDir(), 'meson.build'), 'utf8').matchAll(/'(virsh-[\w-]+)',/g)].flatMap(
      ([, name]) => (name === undefined ? [] : [name]),
    );
    const results = new Map<string, { readonly code: number; readonly said: string }>();
    for (const name of names) results.set(name, await runScript(name));
    const failed = names.filter((name) => results.get(name)?.code === 1);
    const good = names.filter((name) => results.get(name)?.code === passed).length;
    console.info(`upstream's virsh scripts: ${good} of ${names.length}`);
    for (const name of failed) console.info(`  ${name}: ${reasons[name] ?? results.get(name)?.said}`);
    expect(names.length).toBeGreaterThanOrEqual(16);
    expect(failed).toEqual(names.filter((name) => name in reasons));
  }, 600_000);
});
