import { describe, expect, it } from 'vitest';
import { readRemoteUri } from '../../../../../src-main/rpc/client/remote-uri.ts';
import { sshCommand, type SshTarget } from '../../../../../src-main/rpc/client/ssh.ts';
import { parseConnectUri } from '../../../../../src-shared/uri.ts';

function command(text: string, target?: SshTarget): readonly string[] {
  const uri = parseConnectUri(text);
  if (uri === undefined) throw new Error(`${text} is no URI`);
  return sshCommand(readRemoteUri(uri), {}, target);
}

describe('the command for SSH', () => {
  it('names host, port, user and key, and lets nothing of the URI become an option', () => {
    const argv = command('qemu+ssh://me@host:2222/system?keyfile=/k&no_verify=1');
    expect(argv.join(' ')).toContain('-o StrictHostKeyChecking=no -p 2222 -l me -i /k -- host');
    expect(command('qemu+ssh://-oProxyCommand=x/system').slice(-3, -1)).toEqual(['--', '-oProxyCommand=x']);
  });

  it('uses libvirt’s helper where it is, else netcat on the daemon’s socket', () => {
    const script = command('qemu+ssh://host/system').at(-1);
    expect(script).toContain("exec virt-ssh-helper '\\''qemu:///system'\\''");
    expect(script).toContain('-U "$d/virtqemud-sock"');
    expect(command('xen+ssh://host/system?proxy=native').at(-1)).not.toContain('nc');
  });

  it('carries bytes to what else listens there', () => {
    expect(command('qemu+ssh://host/system', { host: '::1', port: 5900 }).slice(-4)).toEqual([
      '-W',
      '[::1]:5900',
      '--',
      'host',
    ]);
    expect(command('qemu+ssh://host/system', { path: '/run/vnc' }).at(-1)).toContain("-U '\\''/run/vnc'");
  });

  it('keeps what the URI says one word of the other host’s shell', () => {
    const script = command("qemu+ssh://host/system?socket=/a'b$(c)").at(-1);
    expect(script).toBe("sh -c 'exec '\\''nc'\\'' -U '\\''/a'\\''\\'\\'''\\''b$(c)'\\'''");
  });
});

describe('a remote URI', () => {
  it('passes on what is not about the way', () => {
    const uri = parseConnectUri('esx+tls://user@host:1/path?no_verify=1&auto_answer=1');
    if (uri === undefined) throw new Error('it is a URI');
    expect(readRemoteUri(uri)).toMatchObject({
      transport: 'tls',
      localUri: 'esx:///path?auto_answer=1',
      port: 1,
      user: 'user',
    });
  });
});
