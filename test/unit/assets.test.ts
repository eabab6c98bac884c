import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { helperInterface, helperName, permissions } from '../../src-main/network/helper/names.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'assets/linux/helper');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** The values of a key of a desktop entry, a unit, or a bus's service. */
const values = (text: string, key: string): readonly string[] =>
  text.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));

describe("the helper's installed files", () => {
  it('call it by the name that engines look for', () => {
    const service = read(`${helperName}.service`);
    expect(values(service, 'Name')).toEqual([helperName]);
    expect(values(service, 'User')).toEqual(['root']);
    expect(values(service, 'SystemdService')).toEqual(['vivarium-helper.service']);
    expect(values(read('vivarium-helper.service'), 'BusName')).toEqual([helperName]);
    const policy = read(`${helperName}.conf`);
    expect(policy.match(/own="([^"]+)"/)?.[1]).toBe(helperName);
    expect(policy).toContain(`send_interface="${helperInterface}"`);
  });

  it('start the same program, by systemd or without', () => {
    const [command = ''] = values(read('vivarium-helper.service'), 'ExecStart');
    const environment = values(read('vivarium-helper.service'), 'Environment');
    expect(command).toMatch(/^\/opt\/Vivarium\/vivarium \/opt\/Vivarium\/resources\/app\.asar\/out\/main\/helper\.js$/);
    expect(values(read(`${helperName}.service`), 'Exec')).toEqual([
      `/usr/bin/env -i ${environment.join(' ')} ${command}`,
    ]);
  });

  it('name every action that the helper asks polkit for, in both languages', () => {
    const policy = read('io.github.vivarium.policy');
    const actions = [...policy.matchAll(/<action id="([^"]+)">(.*?)<\/action>/gs)];
    expect(actions.map(([, id]) => id).sort()).toEqual(Object.values(permissions).sort());
    for (const [, , text = ''] of actions) {
      for (const part of ['description', 'message']) {
        expect(text).toMatch(new RegExp(`<${part}>[^<]+</${part}>\\s*<${part} xml:lang="de">[^<]+</${part}>`));
      }
    }
    // Whoever is not at this computer, or has not said who he is, changes nothing.
    const manage = actions.find(([, id]) => id === permissions.manage)?.[2] ?? '';
    const defaults = [...manage.matchAll(/<allow_\w+>([^<]+)</g)].map(([, value]) => value);
    expect(defaults).toEqual(['auth_admin_keep', 'auth_admin_keep', 'auth_admin_keep']);
  });

  it('leave the helper few of the rights of root', () => {
    const unit = read('vivarium-helper.service');
    const capabilities = values(unit, 'CapabilityBoundingSet').join(' ').split(' ');
    for (const wide of ['CAP_SYS_ADMIN', 'CAP_SYS_MODULE', 'CAP_SYS_PTRACE', 'CAP_SYS_RAWIO', 'CAP_BPF', 'CAP_MKNOD']) {
      expect(capabilities).not.toContain(wide);
    }
    for (const setting of ['NoNewPrivileges', 'ProtectHome', 'PrivateTmp', 'RestrictNamespaces']) {
      expect(values(unit, setting)).toEqual(['yes']);
    }
    expect(values(unit, 'ProtectSystem')).toEqual(['strict']);
    expect(values(unit, 'DevicePolicy')).toEqual(['closed']);
    expect(values(unit, 'DeviceAllow')).toEqual(['/dev/net/tun rw']);
    // Guests would lose their addresses when it ends.
    expect(values(unit, 'KillMode')).toEqual(['process']);
  });

  it('are all in the package', () => {
    const packaging = readFileSync(join(root, 'scripts/dist/contents.mjs'), 'utf8');
    for (const name of readdirSync(folder)) expect(packaging).toContain(`linux('helper/${name}')`);
  });
});
