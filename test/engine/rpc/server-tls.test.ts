/** libvirt's own client over TLS: who has the right certificate is let in, and nobody else. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { doorParts, type NetworkDoor } from '../../../src-main/rpc/server/door.ts';
import { serveLibvirtTls } from '../../../src-main/rpc/server/serve-tls.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml } from '../../support/qemu-engine.ts';

let door: LibvirtDoor;
let server: NetworkDoor;
let pki: string;
let strangers: string;

/** An authority, and a server's and a client's certificate of it, as libvirt names their files. */
async function makeCertificates(cwd: string, client: string): Promise<void> {
  mkdirSync(cwd, { recursive: true });
  const openssl = async (...args: string[]): Promise<void> => {
    await run(['openssl', ...args], { cwd, timeoutMs: 30_000 });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await openssl('req', '-x509', ...key, '-keyout', 'cakey.pem', '-out', 'cacert.pem', '-subj', '/CN=authority');
  const authority = ['-CA', 'cacert.pem', '-CAkey', 'cakey.pem', '-addext', 'basicConstraints=critical,CA:FALSE'];
  for (const [name, subject] of [
    ['server', '/CN=localhost'],
    ['client', client],
  ] as const) {
    const files = ['-keyout', `${name}key.pem`, '-out', `${name}cert.pem`, '-subj', subject];
    await openssl('req', '-x509', ...key, ...authority, ...files, '-addext', 'subjectAltName=DNS:localhost');
  }
}

beforeAll(async () => {
  door = await openLibvirtDoor();
  pki = join(door.directories.runtime, '..', 'pki');
  strangers = join(door.directories.runtime, '..', 'strangers');
  await makeCertificates(pki, '/C=GB/O=Vivarium/CN=me');
  await makeCertificates(strangers, '/C=GB/O=Vivarium/CN=me');
  await run(['cp', join(pki, 'cacert.pem'), strangers], { timeoutMs: 10_000 });
  const options = { host: 'localhost', port: 0, pki, allowedNames: ['C=GB,O=Vivarium,CN=*'] };
  server = await serveLibvirtTls(options, doorParts(door.hosted.engine));
});

afterAll(async () => {
  await server.close();
  await door.close();
});

const virsh = async (folder: string, words: readonly string[], port = server.port) =>
  await run(['virsh', '-c', `qemu+tls://localhost:${port}/session?pkipath=${folder}`, ...words], {
    acceptCodes: [0, 1],
    timeoutMs: 60_000,
  });

it('serves a client whose certificate is of the authority', async () => {
  const file = join(pki, 'machine.xml');
  writeFileSync(file, machineXml({ name: 'over-tls' }));
  const defined = await virsh(pki, ['define', file]);
  expect([defined.stderr.trim(), defined.stdout.trim()]).toEqual(['', `Domain 'over-tls' defined from ${file}`]);
  expect((await virsh(pki, ['start', 'over-tls'])).stdout).toContain('started');
  // Events and replies come close together here: each must be seen at once.
  const script = `
import libvirt
libvirt.virEventRegisterDefaultImpl()
c = libvirt.open('qemu+tls://localhost:${server.port}/session?pkipath=${pki}')
told = []
c.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda _, d, what, detail, __: told.append(what), None)
d = c.lookupByName('over-tls')
for _ in range(200): c.defineXML(d.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
while len(told) < 200: libvirt.virEventRunDefaultImpl()
print(len(told), c.isSecure(), c.isEncrypted())`;
  const { stdout } = await run(['/usr/bin/python3', '-c', script], { timeoutMs: 60_000 });
  expect(stdout.trim()).toBe('200 1 1');
});

it('lets nobody in whose certificate is of another authority, or has another name', async () => {
  const refused = await virsh(strangers, ['list']);
  expect([refused.exitCode, refused.stdout.trim()]).toEqual([1, '']);
  const options = { host: 'localhost', port: 0, pki, allowedNames: ['C=GB,O=Vivarium,CN=you'] };
  const stricter = await serveLibvirtTls(options, doorParts(door.hosted.engine));
  try {
    const named = await virsh(pki, ['list'], stricter.port);
    expect([named.exitCode, named.stdout.trim()]).toEqual([1, '']);
    expect(stricter.clients).toBe(0);
  } finally {
    await stricter.close();
  }
  expect(door.problems.join()).toContain('C=GB,O=Vivarium,CN=me');
});

it('says what is missing when there are no certificates', async () => {
  const options = { host: 'localhost', port: 0, pki: '/nonexistent' };
  await expect(serveLibvirtTls(options, doorParts(door.hosted.engine))).rejects.toThrow(
    'There are no certificates to listen with',
  );
});
