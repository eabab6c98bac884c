/** Our client at a real libvirtd that wants a password, and both daemons asked the same wrong things. */
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostEngine, type HostedEngine } from '../../../src-main/compose.ts';
import { jsonLogger } from '../../../src-main/engine/logger.ts';
import { type SocketClient, connectSocket } from '../../../src-main/ipc/socket-client.ts';
import { RpcClient } from '../../../src-main/rpc/client/rpc-client.ts';
import { makeCertificates } from '../../../src-main/rpc/server/make-certificates.ts';
import type { EngineDirectories } from '../../../src-main/engine/context.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { makeDirectories, until } from '../../support/qemu-engine.ts';
import { type SaslLibvirtd, startSaslLibvirtd, whyNoSaslLibvirtd } from '../../support/sasl-libvirtd.ts';

const user = { name: 'fred', password: 'correct horse, battery' };

const reason = whyNoSaslLibvirtd();

describe.skipIf(reason !== undefined)(`libvirtd with SASL${reason === undefined ? '' : `: ${reason}`}`, () => {
  let libvirtd: SaslLibvirtd;
  let hosted: HostedEngine;
  let client: SocketClient;
  let directories: EngineDirectories;
  let pki: string;
  const asked: string[] = [];
  /** What the user says, in turn, before the right answers. */
  const mistakes: (string | undefined)[] = [];

  beforeAll(async () => {
    directories = makeDirectories();
    pki = join(directories.runtime, '..', 'pki');
    await makeCertificates(pki, ['localhost', '127.0.0.1']);
    libvirtd = await startSaslLibvirtd(pki, user);
    hosted = await hostEngine({
      directories,
      logger: jsonLogger(() => undefined, 'error'),
      cliPath: '/nonexistent',
    });
    client = await connectSocket(hosted.socketPath);
    client.subscribe((event) => {
      if (event.channel !== 'prompts') return;
      for (const { id, kind, text } of event.prompts) {
        asked.push(text);
        const right = kind === 'secret' ? user.password : user.name;
        const answer = mistakes.length > 0 ? mistakes.shift() : right;
        client.call('prompts.answer', { id, ...(answer === undefined ? {} : { answer }) }).catch((error: unknown) => {
          throw error;
        });
      }
    });
    await client.call('prompts.serve', { on: true });
  });

  afterAll(async () => {
    client.close();
    await hosted.close();
    await libvirtd.stop();
    rmSync(join(directories.config, '..'), { recursive: true, force: true, maxRetries: 3 });
  });

  const overTcp = (host = '127.0.0.1', query = ''): string => `qemu+tcp://${host}:${libvirtd.tcpPort}/system${query}`;
  const overTls = (query = '', who = ''): string =>
    `qemu+tls://${who}localhost:${libvirtd.tlsPort}/system?pkipath=${join(pki, 'client')}${query}`;
  const forget = async (uri: string): Promise<void> => {
    await client.call('connections.remove', { uri });
    asked.length = 0;
  };

  const isAway = async (uri: string): Promise<boolean> =>
    (await client.call('connections.list', {})).find((each) => each.uri === uri)?.seenMs !== undefined;

  it('over TCP, asks for a name and a password, and encrypts what follows', async () => {
    const uri = overTcp();
    const file = join(libvirtd.daemon.folder, 'far.xml');
    writeFileSync(file, "<domain type='qemu'><name>far</name><memory>8192</memory><os><type>hvm</type></os></domain>");
    await libvirtd.daemon.run(['virsh', 'define', file]);
    expect((await client.call('domains.list', { uri })).map(({ name }) => name)).toEqual(['far']);
    expect(asked).toEqual(['User name for 127.0.0.1:', "Password of 'fred' for 127.0.0.1:"]);
    // Many bytes both ways, in several buffers.
    const { uuid } = await client.call('domains.lookup', { uri, text: 'far' });
    const long = 'x'.repeat(200_000);
    const xml = await client.call('domains.xml', { uri, uuid, inactive: true });
    const described = xml.replace('</name>', `</name><description>${long}</description>`);
    await client.call('domains.define', { uri, xml: described });
    expect((await client.call('domains.xml', { uri, uuid, inactive: true })).includes(long)).toBe(true);
  });

  it('finds the way back without asking when the daemon was started again', async () => {
    const uri = overTcp();
    await client.call('domains.list', { uri });
    asked.length = 0;
    await libvirtd.daemon.endDaemon();
    await until('the connection is lost', async () => await isAway(uri));
    libvirtd.daemon.startDaemon();
    await until('it stands again', async () => !(await isAway(uri)), 40_000);
    expect((await client.call('domains.list', { uri })).map(({ name }) => name)).toEqual(['far']);
    expect(asked).toEqual([]);
  });

  it.each([
    ['the best that there is', ''],
    ['SCRAM-SHA-256', '&auth=sasl.scram-sha-256'],
    ['SCRAM-SHA-1', '&auth=sasl.scram-sha-1'],
    ['DIGEST-MD5', '&auth=sasl.digest-md5'],
    ['PLAIN', '&auth=sasl.plain'],
  ])('over TLS, is let in by %s', async (_what, query) => {
    const uri = overTls(query);
    expect((await client.call('domains.list', { uri })).map(({ name }) => name)).toEqual(['far']);
    await forget(uri);
  });

  it('asks again when the password was wrong, and for both', async () => {
    mistakes.push(user.name, 'a wrong one');
    const uri = overTcp('localhost');
    asked.length = 0;
    await client.call('domains.list', { uri });
    const [name, secret] = ['User name for localhost:', "Password of 'fred' for localhost:"];
    // Over TLS it was answered before.
    expect(asked.length === 0 || asked.join() === [name, secret, name, secret].join()).toBe(true);
    mistakes.length = 0;
  });

  it('takes the name out of the URI', async () => {
    asked.length = 0;
    const uri = overTls('', 'somebody@');
    mistakes.push('x', 'y', 'z');
    await expect(client.call('domains.list', { uri })).rejects.toThrow("'localhost' does not let you in");
    expect(asked).toEqual(Array.from({ length: 3 }, () => "Password of 'somebody' for localhost:"));
  });

  it('says what is offered when none of it will do', async () => {
    await expect(client.call('domains.list', { uri: overTls('&auth=sasl.cram-md5') })).rejects.toMatchObject({
      data: { code: 'auth-failed', cause: expect.stringContaining('CRAM-MD5') },
    });
    await expect(
      client.call('domains.list', { uri: overTcp('127.0.0.1', '?auth=sasl.scram-sha-256') }),
    ).rejects.toMatchObject({ data: { code: 'auth-failed', cause: expect.stringContaining('DIGEST-MD5') } });
  });

  it('gives up when the user does, and keeps nothing', async () => {
    mistakes.push(undefined);
    await expect(client.call('domains.list', { uri: overTls('', 'nobody@') })).rejects.toMatchObject({
      data: { code: 'auth-failed', cause: 'Nobody has given one.' },
    });
  });

  describe('both daemons, asked the same', () => {
    let ours: number;
    let serial = 10;

    beforeAll(async () => {
      ours = (await hosted.libvirtDoors.openTcp({ address: '127.0.0.1', port: 0 })).port;
    });

    /** What each call is answered with; each conversation comes from an address of its own. */
    async function converse(port: number, talk: (peer: RpcClient) => readonly Promise<unknown>[]): Promise<string[]> {
      const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${(serial += 1)}` });
      const peer = new RpcClient(socket, 'it');
      const answers: string[] = [];
      try {
        for (const call of talk(peer)) {
          answers.push(
            await call.then(
              (answer) => `answered ${Object.keys(answer as object).join()}`,
              (error: unknown) => (error instanceof VirError ? `${error.code}: ${error.data.message}` : String(error)),
            ),
          );
        }
      } finally {
        peer.close();
      }
      return answers;
    }

    const garbage = new TextEncoder().encode('garbage');
    const nothing = new Uint8Array();
    const list = (peer: RpcClient) => peer.call('authList', {});
    const init = (peer: RpcClient) => peer.call('authSaslInit', {});
    const start = (peer: RpcClient, mech: string, data?: Uint8Array) =>
      peer.call('authSaslStart', { mech, nil: data === undefined ? 1 : 0, data: data ?? nothing });
    const step = (peer: RpcClient, data?: Uint8Array) =>
      peer.call('authSaslStep', { nil: data === undefined ? 1 : 0, data: data ?? nothing });

    it('a step before the start ends nothing here, while libvirtd 9.0 dies of it', async () => {
      const answers = await converse(ours, (peer) => {
        const asked = init(peer);
        return [asked, asked.then(async () => await step(peer, garbage)), list(peer)];
      });
      expect(answers).toEqual([
        'answered mechlist',
        'auth-failed: authentication failed: authentication failed',
        'answered types',
      ]);
    });

    it.each<[string, (peer: RpcClient) => readonly (() => Promise<unknown>)[]]>([
      ['open first', (peer) => [() => peer.call('connectOpen', { name: 'qemu:///system', flags: 0 })]],
      ['open after asking how', (peer) => [() => list(peer), () => peer.call('connectOpen', { flags: 0 })]],
      ['ask for a type', (peer) => [() => peer.call('connectGetType', {})]],
      ['start first', (peer) => [() => start(peer, 'DIGEST-MD5')]],
      ['go on first', (peer) => [() => step(peer, garbage)]],
      ['begin twice', (peer) => [() => init(peer), () => init(peer)]],
      ['choose what is not there', (peer) => [() => init(peer), () => start(peer, 'NONSENSE', garbage)]],
      ['choose what does not encrypt', (peer) => [() => init(peer), () => start(peer, 'SCRAM-SHA-256', garbage)]],
      ['choose plain text', (peer) => [() => init(peer), () => start(peer, 'PLAIN', garbage)]],
      ['answer nonsense', (peer) => [() => init(peer), () => start(peer, 'DIGEST-MD5'), () => step(peer, garbage)]],
      ['answer nothing', (peer) => [() => init(peer), () => start(peer, 'DIGEST-MD5'), () => step(peer)]],
      [
        'go on after a failure',
        (peer) => [() => init(peer), () => start(peer, 'NONSENSE'), () => step(peer, garbage), () => init(peer)],
      ],
    ])('%s', async (_what, calls) => {
      const inTurn = (peer: RpcClient): readonly Promise<unknown>[] => {
        let before: Promise<unknown> = Promise.resolve();
        return calls(peer).map((call) => {
          const answer = before.then(call, call);
          before = answer.catch(() => undefined);
          return answer;
        });
      };
      expect(await converse(ours, inTurn)).toEqual(await converse(libvirtd.tcpPort, inTurn));
    });
  });
});
