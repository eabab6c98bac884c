import { describe, expect, it } from 'vitest';
import { type CheckHost, checkHost, type CheckParts } from '../../../../src-main/host/checks.ts';

const gib = 2 ** 30;

interface Pretend {
  readonly programs?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly freeBytes?: number;
  readonly kvmAccess?: boolean;
}

const secureFirmware = '{"interface-types":["uefi"],"targets":[{"architecture":"x86_64"}],"features":["secure-boot"]}';

const complete: Required<Pretend> = {
  programs: ['qemu-img', 'swtpm', 'passt'],
  files: {
    '/dev/kvm': '',
    '/usr/bin/apt-get': '',
    '/usr/share/osinfo/VERSION': '20240101\n',
    '/usr/share/osinfo/os/debian.org': '',
    '/usr/share/qemu/firmware/60-edk2.json': secureFirmware,
    '/etc/group': 'root:x:0:\nkvm:x:104:\n',
    '/data': '',
  },
  freeBytes: 100 * gib,
  kvmAccess: true,
};

function pretend(change: Pretend): CheckHost {
  const { programs, files, freeBytes, kvmAccess } = { ...complete, ...change };
  return {
    findProgram: (name) => Promise.resolve(programs.includes(name) ? `/usr/bin/${name}` : undefined),
    exists: (path) => path in files,
    read: (path) => files[path],
    listFolder: (path) =>
      Promise.resolve(
        Object.keys(files)
          .filter((file) => file.startsWith(`${path}/`))
          .map((file) => file.slice(path.length + 1)),
      ),
    mayReadAndWrite: () => Promise.resolve(kvmAccess),
    freeBytes: () => Promise.resolve(freeBytes),
    user: 'ann',
    isRoot: false,
    groupOf: () => Promise.resolve(104),
  };
}

const run = async (change: Pretend = {}, parts: Partial<CheckParts> = {}) =>
  await checkHost({
    kvm: () => Promise.resolve({ works: true }),
    qemuVersion: () => Promise.resolve('7.2.0'),
    dataFolder: '/data/vivarium',
    host: pretend(change),
    ...parts,
  });

const without = (path: string): Pretend => ({
  files: Object.fromEntries(Object.entries(complete.files).filter(([name]) => name !== path)),
});

async function check(id: string, change: Pretend = {}, parts: Partial<CheckParts> = {}) {
  const found = (await run(change, parts)).find((item) => item.id === id);
  if (found === undefined) throw new Error(`there is no check '${id}'`);
  return found;
}

describe('the checks of a host', () => {
  it('are all well on a complete one', async () => {
    expect((await run()).filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  it('say how to get access to /dev/kvm', async () => {
    expect(await check('groups', { kvmAccess: false })).toMatchObject({
      status: 'warning',
      command: 'sudo usermod -aG kvm ann',
    });
  });

  it('tell a missing module from a processor without virtualisation', async () => {
    const broken = { kvm: () => Promise.resolve({ works: false, reason: 'It timed out.' }) };
    expect((await check('kvm', {}, broken)).cause).toBe('It timed out.');
    const noDevice = without('/dev/kvm');
    expect((await check('kvm', noDevice, broken)).cause).toContain('offers no virtualisation');
    const capable = { files: { ...noDevice.files, '/proc/cpuinfo': 'flags\t\t: fpu vmx sse\n' } };
    expect((await check('kvm', capable, broken)).command).toContain('modprobe');
  });

  it('name what is not installed, and the command that installs it here', async () => {
    expect(await check('tpm', { programs: ['qemu-img'] })).toMatchObject({
      command: 'sudo apt install swtpm swtpm-tools',
    });
    const fedora = { files: { '/usr/bin/dnf': '' }, programs: [] };
    expect((await check('tpm', fedora)).command).toBe('sudo dnf install swtpm swtpm-tools');
    expect((await check('osinfo', fedora)).status).toBe('warning');
    expect((await check('firmware', fedora)).fix).toBe('Install edk2-ovmf.');
    const noQemu = { qemuVersion: () => Promise.reject(new Error('There is no such program.')) };
    expect(await check('qemu', {}, noQemu)).toMatchObject({ status: 'failed', cause: 'There is no such program.' });
    expect((await check('qemu', { programs: [] })).found).toContain('not qemu-img');
  });

  it('know firmware without secure boot', async () => {
    const files = {
      ...complete.files,
      '/usr/share/qemu/firmware/60-edk2.json': secureFirmware.replace('"secure-boot"', ''),
    };
    expect(await check('firmware', { files })).toMatchObject({ status: 'warning', found: 'UEFI, without secure boot' });
  });

  it('measure the room for images, and say when there is next to none', async () => {
    expect((await check('space', { freeBytes: 10 * gib })).status).toBe('warning');
    expect(await check('space', { freeBytes: gib })).toMatchObject({
      status: 'failed',
      found: '1.0 GiB free in /data',
    });
  });

  it('see that user namespaces are switched off', async () => {
    const off = { files: { ...complete.files, '/proc/sys/kernel/unprivileged_userns_clone': '0\n' } };
    expect((await check('sandbox', off)).command).toBe('sudo sysctl kernel.unprivileged_userns_clone=1');
  });

  it('do not fail all when one cannot be made', async () => {
    const broken = { kvm: () => Promise.reject(new Error('no connection')) };
    const found = await run({}, broken);
    expect(found.filter(({ status }) => status === 'failed').map(({ id, cause }) => `${id}: ${cause}`)).toEqual([
      'kvm: no connection',
    ]);
  });
});
