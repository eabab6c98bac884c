// Builds the small guest from the distribution's own packages; README.md says what is in it.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { cache, isMain, main, recall, remember, root, run, say, step } from '../setup/lib.mjs';
import { isDebianLike, missing } from '../setup/packages.mjs';
import { banner } from './banner.mjs';
import { cpio } from './cpio.mjs';

const here = join(root, 'scripts/guest');
const target = join(cache, 'guest');
const products = ['vmlinuz', 'initrd.gz', 'small.iso', 'small.qcow2'];
/** Kernels with virtio and little else, by how Debian and Ubuntu call them. */
const kernels = ['linux-image-cloud-amd64', 'linux-image-virtual'];
const cmdline = 'console=tty0 console=ttyS0,115200 quiet mitigations=off random.trust_cpu=on';
/** In the order they are loaded, after what each depends on. One the kernel has built in, or lacks, is passed over. */
const modules = [
  'virtio_pci virtio_console virtio_blk virtio_net virtio_scsi virtio_balloon virtio_rng virtio_input virtio_mem',
  'af_packet button evdev sd_mod sr_mod ata_piix ahci isofs crc32c_generic ext4 9p 9pnet_virtio virtiofs',
  'loop vmw_vsock_virtio_transport pvpanic_pci i6300esb e1000 e1000e xhci_pci usbhid',
].flatMap((line) => line.split(' '));

function sourceHash(folder = here, hash = createHash('sha256')) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sourceHash(path, hash);
    else hash.update(entry.name).update(readFileSync(path));
  }
  return folder === here ? hash.digest('hex') : undefined;
}

/** Unpacks packages from the archive into `into`, installing nothing. */
async function unpack(names, into) {
  const work = mkdtempSync(join(target, '.debs-'));
  try {
    await run(['apt-get', '-qq', '-o', 'APT::Sandbox::User=', 'download', ...names], { cwd: work, timeoutMs: 300_000 });
    for (const deb of readdirSync(work)) await run(['dpkg-deb', '-x', join(work, deb), into]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The packages that hold the newest such kernel and its modules. */
async function kernelPackages() {
  for (const name of kernels) {
    const found = new Set();
    const follow = async (each) => {
      const text = await run(['apt-cache', 'depends', each]).catch(() => '');
      for (const [, dependency] of text.matchAll(/Depends: (linux-(?:image|modules)-\d\S*)/g)) {
        if (found.has(dependency)) continue;
        found.add(dependency);
        await follow(dependency);
      }
    };
    await follow(name);
    if (found.size > 0) return [...found];
  }
  throw new Error(`the package archive has none of ${kernels.join(', ')} (is its listing there? apt-get update)`);
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Reads a module, which newer kernels keep compressed. */
async function readModule(file) {
  const tool = { '.xz': 'xz', '.zst': 'zstd', '.gz': 'gzip' }[/\.ko(\.\w+)?$/.exec(file)[1] ?? ''];
  if (tool === undefined) return readFileSync(file);
  const plain = file.replace(/\.\w+$/, '');
  await run(['sh', '-c', '"$0" -dc "$1" > "$2"', tool, file, plain]);
  return readFileSync(plain);
}

/** Puts the modules and what they depend on into the guest's root, and the order to load them in. */
async function addModules(kernel, guest) {
  const byName = new Map();
  const nameOf = (text) => text.replaceAll('-', '_');
  for (const file of filesBelow(
    join(kernel, existsSync(join(kernel, 'usr/lib/modules')) ? 'usr/lib/modules' : 'lib/modules'),
  )) {
    const match = /([^/]+)\.ko(\.\w+)?$/.exec(file);
    if (match !== null) byName.set(nameOf(match[1]), file);
  }
  const order = [];
  const add = async (name) => {
    const file = byName.get(nameOf(name));
    if (file === undefined) return;
    byName.delete(nameOf(name));
    const content = await readModule(file);
    const depends = /\0depends=([^\0]*)\0/.exec(content.toString('latin1'))?.[1] ?? '';
    for (const each of depends.split(',').filter((text) => text !== '')) await add(each);
    const path = `/lib/modules/${basename(file).replace(/\.ko.*$/, '.ko')}`;
    writeFileSync(join(guest, path), content);
    order.push(path);
  };
  for (const name of modules) await add(name);
  writeFileSync(join(guest, 'lib/modules/order'), `${order.join('\n')}\n`);
}

/** The guest agent needs the shared libraries it is linked with. */
async function addAgent(packages, guest) {
  const agent = join(packages, 'usr/sbin/qemu-ga');
  cpSync(agent, join(guest, 'usr/sbin/qemu-ga'));
  const listing = await run(['ldd', agent]);
  const absent = /(\S+) => not found/.exec(listing)?.[1];
  if (absent !== undefined) throw new Error(`the guest agent needs ${absent}, which this system lacks`);
  for (const [library] of listing.matchAll(/\/\S+/g)) {
    mkdirSync(join(guest, dirname(library)), { recursive: true });
    cpSync(library, join(guest, library), { dereference: true });
  }
}

async function initrd(kernel, packages, work) {
  const guest = join(work, 'root');
  for (const folder of [
    'bin',
    'dev',
    'lib/modules',
    'mnt',
    'proc',
    'root',
    'run',
    'sys',
    'tmp',
    'usr/bin',
    'usr/sbin',
    'var',
  ]) {
    mkdirSync(join(guest, folder), { recursive: true });
  }
  cpSync(join(here, 'root'), guest, { recursive: true });
  const busybox = ['usr/bin/busybox', 'bin/busybox']
    .map((path) => join(packages, path))
    .find((path) => existsSync(path));
  cpSync(busybox, join(guest, 'bin/busybox'));
  for (const applet of (await run([busybox, '--list'])).split('\n')) {
    if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', join(guest, 'bin', applet));
  }
  symlinkSync('/run', join(guest, 'var/run'));
  const etc = { passwd: 'root:x:0:0:root:/root:/bin/sh\n', shadow: 'root::19000:0:99999:7:::\n', group: 'root:x:0:\n' };
  for (const [name, text] of Object.entries(etc)) writeFileSync(join(guest, 'etc', name), text);
  writeFileSync(join(guest, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  writeFileSync(join(guest, 'etc/hosts'), '127.0.0.1 localhost\n');
  writeFileSync(join(guest, 'etc/banner'), banner());
  await addModules(kernel, guest);
  await addAgent(packages, guest);
  return promisify(gzip)(cpio(guest), { level: 9 });
}

async function build(work) {
  const kernel = join(work, 'kernel');
  const packages = join(work, 'packages');
  await unpack(await kernelPackages(), kernel);
  await unpack(['busybox-static', 'qemu-guest-agent'], packages);
  const vmlinuz = readdirSync(join(kernel, 'boot')).find((name) => name.startsWith('vmlinuz'));
  const out = join(work, 'out');
  const medium = join(work, 'medium');
  for (const folder of [out, join(medium, 'boot/grub')]) mkdirSync(folder, { recursive: true });
  cpSync(join(kernel, 'boot', vmlinuz), join(out, 'vmlinuz'));
  writeFileSync(join(out, 'initrd.gz'), await initrd(kernel, packages, work));
  for (const name of ['vmlinuz', 'initrd.gz']) cpSync(join(out, name), join(medium, 'boot', name));
  const menu = readFileSync(join(here, 'grub.cfg'), 'utf8').replace('@CMDLINE@', cmdline);
  writeFileSync(join(medium, 'boot/grub/grub.cfg'), menu);
  // The medium boots from a CD-ROM drive and from a disk, with BIOS and with UEFI.
  const iso = join(out, 'small.iso');
  const bare = ['--locales=', '--themes=', '--fonts='];
  await run(['grub-mkrescue', '-o', iso, ...bare, medium, '--', '-volid', 'SMALL_LINUX']);
  const disk = join(out, 'small.qcow2');
  await run(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', iso, disk]);
  await run(['qemu-img', 'resize', '-q', disk, '256M']);
  for (const name of products) renameSync(join(out, name), join(target, name));
}

/** Builds the guest when it is not in the cache or its recipe has changed. */
export async function ensureGuest() {
  const hash = sourceHash();
  if (recall('guest/recipe.json')?.hash === hash && products.every((name) => existsSync(join(target, name)))) return;
  if (!isDebianLike()) throw new Error("it is built from Debian's or Ubuntu's packages");
  const lacking = missing('guest').map(({ apt }) => apt);
  if (lacking.length > 0) throw new Error(`building it needs ${lacking.join(', ')}`);
  say('building a small Linux guest to try');
  mkdirSync(target, { recursive: true });
  const work = mkdtempSync(join(target, '.build-'));
  try {
    await step('building the small guest', 'node scripts/guest/build.mjs', () => build(work));
    remember('guest/recipe.json', { hash });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (isMain(import.meta)) await main(ensureGuest);
