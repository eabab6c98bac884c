/** A libvirtd that asks polkit who may come in: a real bus, a real polkitd with rules, users who are not root. */
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateLibvirtd, startPrivateLibvirtd } from '../../support/private-libvirtd.ts';
import { machineXml } from '../../support/qemu-engine.ts';
import { endEverythingIn, namespaceOf } from '../../support/remote-host.ts';
import { whatIsMissing } from '../helper/bus-lab.ts';

const users = { vvallowed: 4001, vvother: 4002 };
const noGroup = 65534;

const rules = `polkit.addRule(function (action, subject) {
  if (action.id === 'org.libvirt.unix.manage' && subject.user === 'vvallowed') return polkit.Result.YES;
  return undefined;
});
`;

/** A bus and a polkitd of the namespace's own; users who are not anybody on this machine. */
const prepare = `
mkdir -p "$1/rules" "$1/accounts"
cp /etc/passwd "$1/accounts/passwd"
${Object.entries(users)
  .map(([name, uid]) => `echo '${name}:x:${uid}:${noGroup}::/:/bin/sh' >>"$1/accounts/passwd"`)
  .join('\n')}
mount --bind "$1/accounts/passwd" /etc/passwd
cat >"$1/rules/10-test.rules" <<'END'
${rules}END
chmod -R a+rX "$1/rules"
mkdir -p /run/dbus
mount -t tmpfs tmpfs /run/dbus
mount --bind "$1/rules" /etc/polkit-1/rules.d
mount -t tmpfs tmpfs /usr/share/polkit-1/rules.d
dbus-daemon --system --fork --nopidfile
setsid /usr/lib/polkit-1/polkitd --no-debug >"$1/polkitd.log" 2>&1 </dev/null &
for i in $(seq 200); do
  if busctl --system list --no-legend | grep -q org.freedesktop.PolicyKit1; then break; fi
  sleep 0.05
done
chmod 755 "$1"
`;

const missing = whatIsMissing();

describe.skipIf(missing !== undefined)(
  `polkit in front of libvirtd${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    let daemon: PrivateLibvirtd;
    let program: string;
    let folder: string;

    const openAs = async (uid: number, uri = 'qemu:///system', home = '/'): Promise<unknown> => {
      const who = ['setpriv', `--reuid=${uid}`, `--regid=${noGroup}`, '--clear-groups', '--'];
      const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';
      const environment = ['env', '-i', path, `HOME=${home}`, `XDG_RUNTIME_DIR=${home}/run`];
      return JSON.parse(
        await daemon.run([...who, ...environment, process.execPath, program, uri, join(folder, String(uid))]),
      ) as unknown;
    };

    beforeAll(async () => {
      daemon = await startPrivateLibvirtd({ network: true, authentication: 'polkit', prepare });
      program = join(daemon.folder, 'open.mjs');
      folder = join(daemon.folder, 'state');
      mkdirSync(folder);
      chmodSync(folder, 0o777);
      await build({
        entryPoints: [join(import.meta.dirname, 'open-process.ts')],
        outfile: program,
        ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      });
      const xml = join(daemon.folder, 'machine.xml');
      writeFileSync(xml, machineXml({ name: 'guarded' }));
      await daemon.run(['virsh', 'define', xml]);
    }, 120_000);

    afterAll(async () => {
      const namespace = namespaceOf(daemon.holder);
      await daemon.stop();
      if (namespace !== undefined) endEverythingIn(namespace);
    });

    it('lets in whom its rules let in', async () => {
      expect(await openAs(users.vvallowed)).toEqual({ machines: ['guarded'] });
    });

    it('starts the daemon of a user’s own, which nobody guards', async () => {
      const home = join(daemon.folder, 'home');
      for (const path of [home, join(home, 'run')]) {
        mkdirSync(path, { mode: 0o700 });
        chownSync(path, users.vvother, noGroup);
      }
      expect(await openAs(users.vvother, 'qemu+unix:///session', home)).toEqual({ machines: [] });
      expect(existsSync(join(home, 'run/libvirt/libvirt-sock'))).toBe(true);
    });

    it('and tells everybody else what they need', async () => {
      expect(await openAs(users.vvother)).toMatchObject({
        error: {
          code: 'auth-failed',
          message: "'this host' does not let you in.",
          cause: expect.stringContaining('org.libvirt.unix.manage') as string,
          fix: expect.stringContaining('group libvirt') as string,
        },
      });
    });
  },
);
