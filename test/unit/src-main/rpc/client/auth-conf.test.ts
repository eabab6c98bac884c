import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAuthConf } from '../../../../../src-main/rpc/client/auth-conf.ts';

let home: string;
let file: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'vivarium-auth-'));
  mkdirSync(join(home, '.config', 'libvirt'), { recursive: true });
  file = join(home, '.config', 'libvirt', 'auth.conf');
  writeFileSync(
    file,
    `# of this host
[credentials-test]
authname=fred
password=12\\s34\\\\5 6
realm = here

[auth-libvirt-test1.example.com]
credentials=test
[auth-esx-default]
credentials=esx
[auth-libvirt-broken]
credentials=nothing
[auth-libvirt-empty]
[credentials-other]
authname=barney
[auth-libvirt-default]
credentials=other
`,
  );
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const env = (): NodeJS.ProcessEnv => ({ HOME: home });

it('finds what is kept for a host, else what is kept for all', async () => {
  expect(await readAuthConf('test1.example.com', { env: env() })).toEqual({
    name: 'fred',
    password: '12 34\\5 6',
    realm: 'here',
  });
  expect(await readAuthConf('elsewhere', { env: env() })).toEqual({ name: 'barney' });
  expect(await readAuthConf(undefined, { env: env() })).toEqual({ name: 'barney' });
});

it('takes the named file instead of the usual ones, which must be there', async () => {
  const other = join(home, 'other.conf');
  writeFileSync(other, '[auth-libvirt-localhost]\ncredentials=x\n[credentials-x]\nauthname=wilma\n');
  expect(await readAuthConf(undefined, { file: other, env: env() })).toEqual({ name: 'wilma' });
  const named = { ...env(), LIBVIRT_AUTH_FILE: other };
  expect(await readAuthConf(undefined, { file, env: named })).toEqual({ name: 'wilma' });
  await expect(readAuthConf('x', { file: '/nonexistent', env: env() })).rejects.toThrow("'/nonexistent' can't be used");
});

it('says which section leads nowhere', async () => {
  await expect(readAuthConf('broken', { env: env() })).rejects.toMatchObject({
    data: { code: 'auth-failed', cause: "There is no section 'credentials-nothing'." },
  });
  await expect(readAuthConf('empty', { env: env() })).rejects.toMatchObject({ data: { code: 'auth-failed' } });
});

it('knows nothing where nothing is kept', async () => {
  expect(await readAuthConf('x', { env: { HOME: '/nonexistent' } })).toEqual({});
});
