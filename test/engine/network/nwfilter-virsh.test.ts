/** What is said about network filters by a real libvirtd, by ours through virsh, and by our own commands. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src-main/host/process.ts';
import { Lab } from './lab.ts';

const uuid = '7b0e4d6b-73f5-4b5a-a3d4-2a2c0f5d1c11';
const filter = (name: string, body: string, id = uuid): string =>
  `<filter name='${name}' chain='root'>\n  <uuid>${id}</uuid>\n${body}</filter>\n`;
const refer = (name: string): string => `  <filterref filter='${name}'/>\n`;
const binding = (port: string, name: string, parameters = ''): string => `<filterbinding>
  <owner><name>web</name><uuid>11111111-2222-4333-8444-555555555555</uuid></owner>
  <portdev name='${port}'/>
  <mac address='52:54:00:AA:00:01'/>
  <filterref filter='${name}'>${parameters}</filterref>
</filterbinding>
`;

const files: Readonly<Record<string, string>> = {
  mine: filter(
    'mine',
    "  <rule action='accept' direction='out' priority='100'><ip srcipaddr='10.1.2.3' protocol='udp'/></rule>\n",
  ),
  changed: filter('mine', "  <rule action='drop' direction='inout'><tcp dstportstart='0x50' comment='web'/></rule>\n"),
  outer: filter('outer', refer('mine'), '7b0e4d6b-73f5-4b5a-a3d4-2a2c0f5d1c12'),
  loop: filter('mine', refer('outer')),
  renamed: filter('other', ''),
  namesake: filter('mine', '', '7b0e4d6b-73f5-4b5a-a3d4-2a2c0f5d1c13'),
  chain: "<filter name='odd' chain='nothing'/>",
  priority: "<filter name='odd' chain='mac' priority='-1001'/>",
  broken: filter('mine', refer('not-there')),
  bind: binding('tap-web', 'outer'),
  clean: binding(
    'tap-other',
    'clean-traffic',
    "<parameter name='IP' value='10.0.0.1'/><parameter name='CTRL_IP_LEARNING' value='none'/>",
  ),
  nobody: binding('tap-third', 'not-there'),
  unknown: binding('tap-third', 'clean-traffic', "<parameter name='CTRL_IP_LEARNING' value='none'/>"),
};

const script: readonly string[] = [
  'nwfilter-list',
  'nwfilter-dumpxml clean-traffic',
  'nwfilter-dumpxml no-ip-spoofing',
  'nwfilter-dumpxml not-there',
  'nwfilter-define mine',
  'nwfilter-dumpxml mine',
  'nwfilter-define mine',
  'nwfilter-define changed',
  `nwfilter-dumpxml ${uuid}`,
  'nwfilter-define outer',
  'nwfilter-define loop',
  'nwfilter-define renamed',
  'nwfilter-define namesake',
  'nwfilter-define chain',
  'nwfilter-define priority',
  'nwfilter-binding-list',
  'nwfilter-binding-dumpxml tap-web',
  'nwfilter-binding-create bind',
  'nwfilter-binding-create bind',
  'nwfilter-binding-create clean',
  'nwfilter-binding-create nobody',
  'nwfilter-binding-create unknown',
  'nwfilter-binding-list',
  'nwfilter-binding-dumpxml tap-web',
  'nwfilter-binding-dumpxml tap-other',
  'nwfilter-define mine',
  'nwfilter-define broken',
  'nwfilter-dumpxml mine',
  'nwfilter-undefine mine',
  'nwfilter-undefine outer',
  'nwfilter-binding-delete tap-web',
  'nwfilter-binding-delete tap-web',
  'nwfilter-binding-delete tap-other',
  'nwfilter-binding-list',
  'nwfilter-undefine outer',
  'nwfilter-undefine mine',
  'nwfilter-undefine not-there',
];

/** Ours say more, or name what libvirt's leave out; a reason for each. */
const reasons: readonly (readonly [command: RegExp, why: string])[] = [
  [/^nwfilter-undefine (?:mine|outer)$/, 'ours says on which interfaces it is in force'],
  [/^nwfilter-binding-create (?:nobody|unknown)$/, 'ours says what would help'],
  [/^nwfilter-define broken$/, "libvirt's message is of the parts; ours names the interface"],
];

interface Said {
  readonly command: string;
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

async function transcript(lab: Lab, client: readonly string[]): Promise<readonly Said[]> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(lab.folder, `${name}.xml`), text);
  const said: Said[] = [];
  for (const command of script) {
    const words = command.split(' ').map((word) => (word in files ? join(lab.folder, `${word}.xml`) : word));
    // Only what is defined or created comes from a file.
    const argv = /-(?:define|create) /.test(command) ? words : command.split(' ');
    const { exitCode, stdout, stderr } = await run(lab.enter([...client, ...argv]), { acceptCodes: [0, 1] });
    const masked = (text: string): string =>
      text
        .replaceAll(lab.folder, 'DIR')
        .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (found) => (found.startsWith('7b0e4d6b') ? found : 'UUID'));
    said.push({ command, exitCode, out: masked(stdout), error: masked(stderr) });
  }
  return said;
}

async function prepare(): Promise<Lab> {
  const lab = await Lab.open();
  await lab.sh('ip link add br0 type bridge; ip link set br0 up');
  for (const name of ['web', 'other', 'third']) await lab.guest(name, 'br0', '52:54:00:aa:00:01');
  return lab;
}

const unexplained = (theirs: readonly Said[], ours: readonly Said[]): string[] =>
  theirs.flatMap((said, place) => {
    const own = ours[place];
    if (JSON.stringify(said) === JSON.stringify(own)) return [];
    const isMeant = reasons.some(([command]) => command.test(said.command)) && own?.exitCode === said.exitCode;
    return isMeant ? [] : [`${said.command}\n- ${JSON.stringify(said)}\n+ ${JSON.stringify(own)}`];
  });

describe('what is said about network filters', () => {
  it('is what a libvirtd says, by virsh and by our own commands', async () => {
    const theirs = await prepare();
    let expected: readonly Said[];
    try {
      await theirs.libvirtd();
      expected = await transcript(theirs, ['virsh', '-c', 'nwfilter:///system']);
    } finally {
      await theirs.close();
    }
    const lab = await prepare();
    try {
      const home = join(lab.folder, 'home');
      const runtime = join(home, 'run');
      mkdirSync(runtime, { recursive: true });
      chmodSync(runtime, 0o700);
      const folders = ['CONFIG', 'STATE', 'DATA', 'CACHE'].map((name) => `XDG_${name}_HOME=${join(home, name)}`);
      const program = join(import.meta.dirname, '../../../src-main/cli/run.ts');
      const environment = ['env', ...folders, `XDG_RUNTIME_DIR=${runtime}`];
      const ours = await transcript(lab, [
        ...environment,
        process.execPath,
        '--import',
        import.meta.resolve('tsx'),
        program,
      ]);
      const socket = `qemu+unix:///session?socket=${join(runtime, 'vivarium/libvirt-sock')}`;
      const byVirsh = await transcript(lab, ['virsh', '-c', socket]);
      const equal = expected.filter((said, place) => JSON.stringify(said) === JSON.stringify(byVirsh[place])).length;
      console.info(`nwfilter commands by virsh: ${equal} of ${expected.length} answers equal`);
      expect(unexplained(expected, byVirsh)).toEqual([]);
      // virsh ends a failed command with an empty line.
      const plain = (said: readonly Said[]): readonly Said[] =>
        said.map(({ command, exitCode, out }) => ({ command, exitCode, out: exitCode === 0 ? out : '', error: '' }));
      expect(unexplained(plain(expected), plain(ours))).toEqual([]);
    } finally {
      await lab.close();
    }
  });
});
