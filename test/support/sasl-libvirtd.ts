/** A real libvirtd that wants passwords over TCP and TLS, with users of its own; needs Debian's sasl2-bin. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from './private-libvirtd.ts';

export interface SaslLibvirtd {
  readonly daemon: PrivateLibvirtd;
  readonly tcpPort: number;
  readonly tlsPort: number;
  readonly stop: () => Promise<void>;
}

/** Why there can't be one here. */
export function whyNoSaslLibvirtd(): string | undefined {
  const missing = ['/usr/sbin/libvirtd', '/usr/sbin/saslpasswd2'].find((path) => !existsSync(path));
  return missing === undefined ? undefined : `${missing} is not installed`;
}

/** @param pki the folder of the server's certificates. */
export async function startSaslLibvirtd(
  pki: string,
  user: { readonly name: string; readonly password: string },
  mechanisms = 'digest-md5 scram-sha-512 scram-sha-256 scram-sha-1 plain cram-md5',
): Promise<SaslLibvirtd> {
  const [tcpPort, tlsPort] = [await freePort(), await freePort()];
  const daemon = await startPrivateLibvirtd({
    words: ['--listen'],
    settings: [
      ...['listen_tcp = 1', 'listen_tls = 1', 'listen_addr = "127.0.0.1"', 'tls_no_sanity_certificate = 1'],
      ...[`tcp_port = "${tcpPort}"`, `tls_port = "${tlsPort}"`, 'auth_tcp = "sasl"', 'auth_tls = "sasl"'],
      `ca_file = "${join(pki, 'cacert.pem')}"`,
      `cert_file = "${join(pki, 'servercert.pem')}"`,
      `key_file = "${join(pki, 'serverkey.pem')}"`,
    ],
    prepare: `
mkdir -p "$1/sasl2" /etc/sasl2
mount --bind "$1/sasl2" /etc/sasl2
printf '%s\\n' 'mech_list: ${mechanisms}' "sasldb_path: $1/sasl2/passwd.db" >"$1/sasl2/libvirt.conf"
printf '%s' '${user.password}' | saslpasswd2 -p -c -a libvirt -f "$1/sasl2/passwd.db" '${user.name}'`,
  });
  return { daemon, tcpPort, tlsPort, stop: daemon.stop };
}
