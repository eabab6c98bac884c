import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lab } from './lab.ts';

const definition = `<network>
  <name>lab</name>
  <uuid>d0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e</uuid>
  <forward mode='nat'/>
  <bridge name='virbr9'/>
  <mac address='52:54:00:12:34:56'/>
  <domain name='vm.test' localOnly='yes'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.77.10' end='192.168.77.99'/></dhcp>
  </ip>
  <ip family='ipv6' address='fd00:77::1' prefix='64'/>
</network>`;
const reservation = "<host mac='52:54:00:00:00:07' name='seven' ip='192.168.77.7'/>";

/** What is asked, one after another, of one client and then of the other. */
const script: readonly (readonly string[])[] = [
  ['net-define', 'FILE'],
  ['net-list', '--all'],
  ['net-list'],
  ['net-info', 'lab'],
  ['net-dumpxml', 'lab'],
  ['net-uuid', 'lab'],
  ['net-name', 'd0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e'],
  ['net-autostart', 'lab'],
  ['net-start', 'lab'],
  ['net-list', '--all', '--name'],
  ['net-list', '--all'],
  ['net-info', 'lab'],
  ['net-dumpxml', 'lab'],
  ['net-update', 'lab', 'add', 'ip-dhcp-host', reservation, '--live', '--config'],
  ['net-dumpxml', 'lab', '--inactive'],
  ['net-update', 'lab', 'delete', 'ip-dhcp-host', reservation, '--config'],
  ['net-dumpxml', 'lab', '--inactive'],
  ['net-dhcp-leases', 'lab'],
  ['net-undefine', 'lab'],
  ['net-list', '--all'],
  ['net-destroy', 'lab'],
  ['net-list', '--all'],
];

async function transcript(lab: Lab, client: readonly string[]): Promise<string[]> {
  const file = join(lab.folder, 'lab.xml');
  writeFileSync(file, definition);
  const said: string[] = [];
  for (const words of script) {
    const argv = [...client, ...words.map((word) => (word === 'FILE' ? file : word))];
    said.push(`${words.join(' ')}\n${(await lab.run(argv)).replaceAll(file, 'FILE')}`);
  }
  return said;
}

describe('the commands for networks', () => {
  it('print what virsh prints of a libvirtd', async () => {
    const theirs = await Lab.open();
    let expected: string[];
    try {
      await theirs.libvirtd();
      expected = await transcript(theirs, ['virsh', '-c', 'network:///system']);
    } finally {
      await theirs.close();
    }
    const ours = await Lab.open();
    try {
      const home = join(ours.folder, 'home');
      mkdirSync(join(home, 'run'), { recursive: true });
      chmodSync(join(home, 'run'), 0o700);
      const folders = ['CONFIG', 'STATE', 'DATA', 'CACHE'].map((name) => `XDG_${name}_HOME=${join(home, name)}`);
      const program = join(import.meta.dirname, '../../../src-main/cli/run.ts');
      const client = [process.execPath, '--import', import.meta.resolve('tsx'), program];
      const environment = ['env', ...folders, `XDG_RUNTIME_DIR=${join(home, 'run')}`];
      expect(await transcript(ours, [...environment, ...client])).toEqual(expected);
    } finally {
      await ours.close();
    }
  });
});
