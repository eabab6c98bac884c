import { describe, expect, test } from 'vitest';
import { commandLine, complete, domainXml, runContext, start } from '../../../../../support/completing.ts';

const line = (devices: string, rest = ''): readonly string[] =>
  commandLine(start(complete(domainXml(devices, rest)))).arguments;
const optionAfter = (words: readonly string[], flag: string): string | undefined => words[words.indexOf(flag) + 1];

describe('the command line', () => {
  test('starts a machine that stands still, without anything it did not ask for', () => {
    const words = line('');
    expect(words.slice(0, 3)).toEqual(['-name', 'guest=guest,debug-threads=on', '-S']);
    expect(words).toContain('-nodefaults');
    expect(words).toContain('-no-user-config');
    expect(optionAfter(words, '-sandbox')).toMatch(/^on,/);
  });

  test('doubles commas where QEMU splits at them', () => {
    const words = commandLine(start({ ...complete(domainXml('')), name: 'a,b' })).arguments;
    expect(optionAfter(words, '-name')).toBe('guest=a,,b,debug-threads=on');
  });

  test('has user-mode networking through slirp, or through passt when it is asked for', () => {
    expect(line("<interface type='user'><model type='virtio'/></interface>").join(' ')).toContain('{"type":"user",');
    const passt = "<interface type='user'><model type='virtio'/><backend type='passt'/></interface>";
    const { arguments: words, preparations } = commandLine(start(complete(domainXml(passt))), {
      network: { passtSocket: () => '/run/guest/passt.sock' },
    });
    expect(words.join(' ')).toContain('"/run/guest/passt.sock"');
    expect(preparations.passt).toMatchObject([{ socket: '/run/guest/passt.sock' }]);
  });

  test('lists what must be there first: the TPM, the folders of sockets, the variables of UEFI', () => {
    const tpm = "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>";
    const xml = domainXml(tpm).replace('</os>', "<loader type='pflash' readonly='yes'>/code.fd</loader></os>");
    const { preparations } = commandLine(start(complete(xml)));
    expect(preparations.tpms).toMatchObject([{ socket: runContext.tpmSocket(undefined as never) }]);
    expect(preparations.folders).toContain('/run/guest');
    expect(preparations.nvram).toEqual({ path: '/nvram/guest_VARS.fd' });
  });

  test('takes the arguments and variables the user adds as they stand', () => {
    const own =
      "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>" +
      domainXml('').slice("<domain type='kvm'>".length, -'</domain>'.length) +
      "<qemu:commandline><qemu:arg value='-trace'/><qemu:env name='A' value='b'/></qemu:commandline></domain>";
    const { arguments: words, environment } = commandLine(start(complete(own)));
    expect(words).toContain('-trace');
    expect(environment).toEqual({ A: 'b' });
  });
});
