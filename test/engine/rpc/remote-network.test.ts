/** A real libvirtd that listens on TCP and TLS. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteDriver } from '../../../src-main/drivers/remote/driver.ts';
import type { Connection } from '../../../src-main/engine/driver.ts';
import { JobRegistry } from '../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../src-main/engine/logger.ts';
import { run } from '../../../src-main/host/process.ts';
import { parseConnectUri } from '../../../src-shared/uri.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from '../../support/private-libvirtd.ts';
import { until } from '../../support/qemu-engine.ts';

let daemon: PrivateLibvirtd;
let folder: string;
let tcpPort: number;
let tlsPort: number;
/** Accepts connections and says nothing, and a connection to it. */
let silent: Server;
let opening: Promise<Connection>;

async function open(text: string): Promise<Connection> {
  const uri = parseConnectUri(text);
  if (uri === undefined) throw new Error('the URI is wrong');
  const directories = { config: folder, state: folder, data: folder, runtime: folder, cache: folder };
  return await remoteDriver.open(uri, { directories, logger: silentLogger, jobs: new JobRegistry() });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server has an address');
  return address.port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An authority, a certificate of `localhost` and one of a client, as libvirt names their files. */
async function makeCertificates(into: string): Promise<void> {
  mkdirSync(into);
  const openssl = async (...args: string[]): Promise<void> => {
    await run(['openssl', ...args], { cwd: into });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...key, '-keyout', 'cakey.pem', '-out', 'cacert.pem', '-subj', '/CN=ca', '-days', '2');
  for (const [name, usage] of [
    ['server', 'serverAuth'],
    ['client', 'clientAuth'],
  ] as const) {
    writeFileSync(join(into, `${name}.ext`), `subjectAltName=DNS:localhost\nextendedKeyUsage=${usage}\n`);
    await openssl('req', ...key, '-keyout', `${name}key.pem`, '-out', `${name}.csr`, '-subj', '/CN=localhost');
    const issue = [
      '-CA',
      'cacert.pem',
      '-CAkey',
      'cakey.pem',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    ];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...issue, '-out', `${name}cert.pem`);
  }
}

beforeAll(async () => {
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  opening = open(`qemu+tcp://127.0.0.1:${portOf(silent)}/system`);
  // It fails while everything else goes on.
  opening.catch(() => undefined);
  folder = mkdtempSync(join(tmpdir(), 'vivarium-net-'));
  const certificates = join(folder, 'pki');
  await makeCertificates(certificates);
  daemon = await startPrivateLibvirtd();
  [tcpPort, tlsPort] = [await freePort(), await freePort()];
  appendFileSync(
    join(daemon.folder, 'etc/libvirtd.conf'),
    [
      'listen_tls = 1',
      'listen_tcp = 1',
      'listen_addr = "127.0.0.1"',
      `tls_port = "${tlsPort}"`,
      `tcp_port = "${tcpPort}"`,
      'auth_tcp = "none"',
      'auth_tls = "none"',
      `key_file = "${certificates}/serverkey.pem"`,
      `cert_file = "${certificates}/servercert.pem"`,
      `ca_file = "${certificates}/cacert.pem"`,
    ].join('\n') + '\n',
  );
  await daemon.endDaemon();
  await daemon.run(['/usr/sbin/libvirtd', '--daemon', '--listen', '--pid-file', '/run/libvirt/libvirtd.pid']);
  await until('libvirtd listens', async () => {
    const { exitCode } = await run(['virsh', '-c', `qemu+tcp://127.0.0.1:${tcpPort}/system`, 'uri'], {
      acceptCodes: [0, 1],
    });
    return exitCode === 0;
  });
});

afterAll(async () => {
  silent.close();
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a daemon on the network', () => {
  it('is managed over TCP', async () => {
    const connection = await open(`qemu+tcp://127.0.0.1:${tcpPort}/system`);
    expect([connection.type, await connection.domains.list()]).toEqual(['QEMU', []]);
    await connection.close();
  });

  it('is managed over TLS with certificates of both sides', async () => {
    const connection = await open(`qemu+tls://localhost:${tlsPort}/system?pkipath=${join(folder, 'pki')}`);
    expect([connection.type, await connection.domains.list()]).toEqual(['QEMU', []]);
    await connection.close();
  });

  it('is not believed to be another host, unless told not to look', async () => {
    const elsewhere = `qemu+tls://127.0.0.1:${tlsPort}/system?pkipath=${join(folder, 'pki')}`;
    await expect(open(elsewhere)).rejects.toMatchObject({ data: { code: 'no-connect' } });
    const connection = await open(`${elsewhere}&no_verify=1`);
    expect(connection.type).toBe('QEMU');
    await connection.close();
  });

  it('tells what is missing when there are no certificates', async () => {
    await expect(open(`qemu+tls://localhost:${tlsPort}/system?pkipath=/nonexistent`)).rejects.toThrow(
      'There are no certificates for TLS.',
    );
  });

  it('holds nobody up by saying nothing', async () => {
    await expect(opening).rejects.toMatchObject({ data: { code: 'operation-timeout' } });
  });
});
