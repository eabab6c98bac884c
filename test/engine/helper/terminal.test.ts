/** The real command on a real terminal, with a real polkitd, PAM and a user who has a password. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build } from 'esbuild';
import { run } from '../../../src-main/host/process.ts';
import { BusLab, nat, users, whatIsMissing } from './bus-lab.ts';

const root = join(import.meta.dirname, '../../..');
const agentHelper = '/usr/lib/polkit-1/polkit-agent-helper-1';
const missing = whatIsMissing() ?? (existsSync(agentHelper) ? undefined : `${agentHelper} is not installed`);
const inside = '/run/vivarium-test';
const home = '/run/home-asked';
const password = 'Wort mit "Zeichen" $1';

describe.skipIf(missing !== undefined)('an engine of an ordinary user, asked for on a terminal', () => {
  let lab: BusLab;
  let outputs: string;

  beforeEach(async () => {
    lab = await BusLab.open();
    outputs = join(lab.lab.folder, 'cli.cjs');
    await build({
      ...{ entryPoints: [join(root, 'src-main/cli/main.ts')], outfile: outputs, bundle: true, platform: 'node' },
      ...{ format: 'cjs', target: 'node20.19', logLevel: 'silent' },
    });
    const typist = join(lab.lab.folder, 'on-terminal.py');
    writeFileSync(typist, readFileSync(join(import.meta.dirname, 'on-terminal.py')));
    writeFileSync(join(lab.lab.folder, 'nat.xml'), nat);
    const { stdout: hash } = await run(['openssl', 'passwd', '-6', '-stdin'], { input: `${password}\n` });
    writeFileSync(join(lab.lab.folder, 'shadow'), `vvasked:${hash.trim()}:19000::::::\n`);
    await lab.lab.sh(`
      cp ${outputs} ${typist} ${lab.lab.folder}/nat.xml ${inside}/
      cat ${lab.lab.folder}/shadow >>/etc/shadow
      printf 'auth required pam_unix.so nodelay\\naccount required pam_unix.so\\n' >/etc/pam.d/polkit-1
      install -d -o ${users.asked} -g ${users.asked} -m 700 ${home} ${home}/run`);
  });
  afterEach(async () => {
    await (lab as BusLab | undefined)?.close();
  });

  const environment = [
    'env',
    '-i',
    `HOME=${home}`,
    `XDG_RUNTIME_DIR=${home}/run`,
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
  ];
  const asUser = ['setpriv', `--reuid=${users.asked}`, `--regid=${users.asked}`, '--clear-groups', '--'];
  const vivarium = [`${inside}/node`, `${inside}/cli.cjs`];
  const plain = async (...words: readonly string[]): Promise<string> =>
    await lab.lab.run([...asUser, ...environment, ...vivarium, ...words], { acceptCodes: [0, 1], timeoutMs: 60_000 });
  const typing = async (
    steps: readonly (readonly [string, string])[],
    ...words: readonly string[]
  ): Promise<string> => {
    const typist = ['/usr/bin/python3', `${inside}/on-terminal.py`, JSON.stringify(steps)];
    return await lab.lab.run([...asUser, ...environment, 'LANG=C.UTF-8', ...typist, ...vivarium, ...words], {
      ...{ acceptCodes: [0, 1], timeoutMs: 90_000 },
    });
  };

  it('asks there, again when the password was wrong, and does it when it was right; undoes it without asking', async () => {
    const before = await lab.lab.state();
    expect(await plain('net-define', `${inside}/nat.xml`)).toContain('lab');
    const seen = await typing(
      [
        ['Password:', 'wrong\r'],
        ['Password:', `${password}\r`],
      ],
      'net-start',
      'lab',
    );
    expect(seen).toContain(
      'Authentication is required to start, stop or change virtual networks of this computer (vvasked)',
    );
    expect(seen).toContain('That was not right. Try again.');
    expect(seen).not.toContain(password);
    expect(seen).toMatch(/lab started/);
    expect(await lab.links()).toContain('virbr9');
    expect(await plain('host-changes')).toMatch(/^network-\S+ \(vvasked, /m);

    // polkit keeps what was allowed for some minutes.
    expect(await typing([], 'host-undo', '--all')).toContain('Undone.');
    expect(await lab.lab.state()).toEqual(before);
    expect(await lab.recorded()).toEqual([]);
  });

  it('says that it was cancelled, when the user declines or does not know the password', async () => {
    const before = await lab.lab.state();
    await plain('net-define', `${inside}/nat.xml`);
    const declined = await typing([['Password:', '\u0003']], 'net-start', 'lab');
    expect(declined).toContain('was not authorised');
    expect(declined).toContain('It was cancelled.');
    const wrong = ['Password:', 'wrong\r'] as const;
    const failed = await typing([wrong, wrong, wrong], 'net-start', 'lab');
    expect(failed).toContain('was not authorised');
    expect(await lab.lab.state()).toEqual(before);
    // Without a terminal nobody is asked.
    await expect(lab.lab.run([...asUser, ...environment, ...vivarium, 'net-start', 'lab'])).rejects.toThrow();
  });
});
