/** Secrets through libvirt's own clients, and the guests that need them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { type LibvirtDoor, openLibvirtDoor } from '../../support/libvirt-door.ts';
import { machineXml } from '../../support/qemu-engine.ts';

const uuid = '11111111-2222-4333-8444-555555555530';
let door: LibvirtDoor;
let folder: string;

beforeAll(async () => {
  door = await openLibvirtDoor();
  folder = join(door.directories.runtime, '..', 'files');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'secret.xml'),
    `<secret private='yes'><uuid>${uuid}</uuid><usage type='volume'><volume>${folder}/disk</volume></usage></secret>`,
  );
});

afterAll(async () => {
  await door.close();
});

const virsh = async (...words: string[]): Promise<string> => {
  const { stdout, stderr } = await door.virsh(words);
  return `${stdout}${stderr}`.trim();
};

/** qemu-img measures its processor first, and gives up when the clock of its thread stands still meanwhile. */
async function createEncrypted(disk: string, word: string): Promise<void> {
  const options = 'encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10';
  const argv = [
    'qemu-img',
    'create',
    '-q',
    '-f',
    'qcow2',
    '--object',
    `secret,id=key,file=${word}`,
    '-o',
    options,
    disk,
    '1M',
  ];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run(argv, { timeoutMs: 60_000 });
      return;
    } catch (thrown) {
      if (attempt === 10 || !String(thrown).includes('Unable to get accurate CPU usage')) throw thrown;
    }
  }
}

it('unlocks an encrypted disk of a guest, with the right words only', async () => {
  const word = join(folder, 'word');
  writeFileSync(word, 'open sesame');
  await createEncrypted(join(folder, 'disk'), word);
  writeFileSync(
    join(folder, 'machine.xml'),
    machineXml({
      name: 'locked',
      devices: `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${folder}/disk'>
        <encryption format='luks'><secret type='passphrase' uuid='${uuid}'/></encryption></source>
        <target dev='vda' bus='virtio'/></disk>`,
    }),
  );
  expect(await virsh('define', join(folder, 'machine.xml'))).toContain("Domain 'locked' defined");
  expect(await virsh('start', 'locked')).toContain(`Secret not found: no secret with matching uuid '${uuid}'`);
  expect(await virsh('secret-define', join(folder, 'secret.xml'))).toBe(`Secret ${uuid} created`);
  expect(await virsh('start', 'locked')).toContain(`secret '${uuid}' does not have a value`);
  await virsh('secret-set-value', uuid, '--base64', Buffer.from('open barley').toString('base64'));
  expect(await virsh('start', 'locked')).toContain('Invalid password, cannot unlock any keyslot');
  expect(await virsh('secret-set-value', uuid, '--file', word, '--plain')).toBe('Secret value set');
  expect(await virsh('start', 'locked')).toBe("Domain 'locked' started");
  expect(await virsh('secret-get-value', uuid)).toContain('secret is private');
  expect(await virsh('destroy', 'locked')).toContain('destroyed');
});

it('tells clients that listen what becomes of secrets', async () => {
  const script = `
import libvirt, threading
libvirt.virEventRegisterDefaultImpl()
c = libvirt.open('${door.uri()}')
told = []
c.secretEventRegisterAny(None, libvirt.VIR_SECRET_EVENT_ID_LIFECYCLE, lambda c, s, event, detail, _: told.append(('lifecycle', event, s.usageID())), None)
c.secretEventRegisterAny(None, libvirt.VIR_SECRET_EVENT_ID_VALUE_CHANGED, lambda c, s, _: told.append(('value', s.usageID())), None)
s = c.secretDefineXML("<secret><usage type='tls'><name>told</name></usage></secret>")
s.setValue(b'word')
assert c.secretLookupByUsage(libvirt.VIR_SECRET_USAGE_TYPE_TLS, 'told').UUIDString() == s.UUIDString()
print(s.value(), len(c.listAllSecrets(libvirt.VIR_CONNECT_LIST_SECRETS_NO_PRIVATE)), c.numOfSecrets())
s.undefine()
while len(told) < 3: libvirt.virEventRunDefaultImpl()
print(told)`;
  const { stdout } = await run(['/usr/bin/python3', '-c', script], { timeoutMs: 20_000 });
  expect(stdout.trim().split('\n')).toEqual([
    "b'word' 1 2",
    "[('lifecycle', 0, 'told'), ('value', 'told'), ('lifecycle', 1, 'told')]",
  ]);
  expect(door.problems).toEqual([]);
});
