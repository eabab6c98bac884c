import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDriver } from '../../../../../src-main/drivers/test/driver.ts';
import { screenSize } from '../../../../../src-main/drivers/test/screen.ts';
import { type Connection, need } from '../../../../../src-main/engine/driver.ts';
import type { EngineEvent } from '../../../../../src-main/engine/events.ts';
import { JobRegistry } from '../../../../../src-main/engine/jobs.ts';
import { silentLogger } from '../../../../../src-main/engine/logger.ts';
import type { JobInfo } from '../../../../../src-shared/model/job.ts';
import { parseConnectUri } from '../../../../../src-shared/uri.ts';

const nowhere = '/nonexistent';
const directories = { config: nowhere, state: nowhere, data: nowhere, runtime: nowhere, cache: nowhere };
const open: Connection[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-test-'));
});
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
  rmSync(folder, { recursive: true });
});

async function connect(text: string, jobs = new JobRegistry()): Promise<Connection> {
  const uri = parseConnectUri(text);
  if (uri === undefined || !testDriver.accepts(uri)) throw new Error(`'${text}' is not a test URI`);
  const connection = await testDriver.open(uri, { directories, logger: silentLogger, jobs });
  open.push(connection);
  return connection;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('test:///default', () => {
  it('has libvirt’s one running domain and its pool', async () => {
    const { domains, storage, ...connection } = await connect('test:///default');
    expect(await domains.list()).toMatchObject([
      {
        name: 'test',
        uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f',
        id: 1,
        state: 'running',
        persistent: true,
        memoryKiB: 2097152,
        maxMemoryKiB: 8388608,
        vcpus: 2,
      },
    ]);
    expect(await domains.xml('6695eb01-f6a4-8304-79aa-97f2502e193f')).toContain("<source file='/guest/diskimage1'/>");
    expect(await storage?.pools()).toMatchObject([{ name: 'default-pool', active: true, path: '/default-pool' }]);
    expect(await connection.nodeInfo?.()).toMatchObject({ model: 'i686', cpus: 16, mhz: 1400 });
    expect(await connection.capabilities?.()).toContain("<domain type='test'/>");
  });

  it('tells nothing of what was there when it opened', async () => {
    const connection = await connect('test:///many?n=50');
    const told: EngineEvent[] = [];
    connection.events.subscribe((event) => told.push(event));
    await turn();
    expect(told).toEqual([]);
  });
});

describe('test:///many', () => {
  it('has as many as asked for, in all states, the same each time', async () => {
    const first = await (await connect('test:///many?n=200')).domains.list();
    const second = await (await connect('test:///many?n=200')).domains.list();
    expect(first).toHaveLength(200);
    const lasting = ({ name, uuid, state, folder: place, tags }: (typeof first)[number]): unknown => ({
      name,
      uuid,
      state,
      place,
      tags,
    });
    expect(second.map(lasting)).toEqual(first.map(lasting));
    expect(new Set(first.map((domain) => domain.uuid)).size).toBe(200);
    const count = (state: string): number => first.filter((domain) => domain.state === state).length;
    expect({ running: count('running'), paused: count('paused'), shutoff: count('shutoff') }).toEqual({
      running: 60,
      paused: 20,
      shutoff: 120,
    });
    expect(first.filter((domain) => domain.hasManagedSave)).toHaveLength(20);
    expect(first.filter((domain) => domain.reason === 'crashed')).toHaveLength(20);
    expect(first[0]).toMatchObject({
      folder: 'production/web',
      tags: ['web'],
      osId: 'http://debian.org/debian/12',
      hasGraphics: true,
    });
  });

  it('refuses a number that is none', async () => {
    await expect(connect('test:///many?n=lots')).rejects.toMatchObject({ code: 'invalid-arg' });
    await expect(connect('test:///many?n=1000000')).rejects.toThrow(/from 0 to 100000/);
    await expect(connect('test:///')).rejects.toMatchObject({ code: 'invalid-arg' });
  });
});

describe('test:///PATH', () => {
  const node = (inner: string): string => {
    const path = join(folder, 'node.xml');
    writeFileSync(path, `<node>${inner}</node>`);
    return `test://${path}`;
  };
  const domain = (name: string, inner = ''): string =>
    `<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>${name}</name>` +
    `<uuid>11111111-2222-3333-4444-55555555555${name.length}</uuid><memory>1024</memory><os><type>hvm</type></os>${inner}</domain>`;

  it('has what the file describes, in the states it says', async () => {
    writeFileSync(
      join(folder, 'pool.xml'),
      "<pool type='dir'><name>images</name><target><path>/images</path></target></pool>",
    );
    const uri = node(
      domain('a') +
        domain('bb', '<test:runstate>5</test:runstate><test:hasmanagedsave/>') +
        domain('ccc', '<test:runstate>3</test:runstate><test:transient/>') +
        "<pool file='pool.xml'><volume><name>v</name><capacity>10</capacity></volume></pool>" +
        '<cpu><mhz>6000</mhz><model>i986</model><active>50</active><nodes>4</nodes></cpu><memory>8192000</memory>',
    );
    const { domains, storage, nodeInfo } = await connect(uri);
    expect(await domains.list()).toMatchObject([
      { name: 'a', state: 'running', persistent: true },
      { name: 'bb', state: 'shutoff', hasManagedSave: true },
      { name: 'ccc', state: 'paused', persistent: false },
    ]);
    expect(await nodeInfo?.()).toMatchObject({ mhz: 6000, model: 'i986', cpus: 50, nodes: 4, memoryKiB: 8192000 });
    const pool = await storage?.poolByName('images');
    expect(await storage?.volumes(pool?.uuid ?? '')).toMatchObject([{ name: 'v', capacityBytes: 10 }]);
  });

  it.each([
    ['a state nothing begins in', '<test:runstate>6</test:runstate>', 'crashed'],
    ['a state that does not exist', '<test:runstate>77</test:runstate>', /can't begin in state 77/],
    ['a transient domain that is off', '<test:runstate>5</test:runstate><test:transient/>', /can't be shut off/],
    ['a saved domain that runs', '<test:hasmanagedsave/>', /must be shut off/],
  ])('refuses %s, or begins in it', async (_case, inner, expected) => {
    const opening = connect(node(domain('a', inner)));
    if (typeof expected === 'string')
      expect(await (await opening).domains.list()).toMatchObject([{ reason: expected }]);
    else await expect(opening).rejects.toThrow(expected);
  });

  it('names the file that can not be used', async () => {
    await expect(connect('test:///no/such/file.xml')).rejects.toMatchObject({ code: 'no-connect' });
    await expect(connect(node("<domain file='gone.xml'/>"))).rejects.toThrow(/gone\.xml/);
    writeFileSync(join(folder, 'other.xml'), '<pool/>');
    await expect(connect(`test://${join(folder, 'other.xml')}`)).rejects.toThrow(/holds <pool>, not <node>/);
  });
});

describe('a guest that only pretends', () => {
  const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';

  it('does not age while it is paused', async () => {
    const { domains } = await connect('test:///default');
    const cpu = async (): Promise<number> => (await need(domains, 'stats')([uuid]))[0]?.cpu?.timeNs ?? -1;
    await need(domains, 'suspend')(uuid);
    const paused = await cpu();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await cpu()).toBe(paused);
    await need(domains, 'resume')(uuid);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await cpu()).toBeGreaterThan(paused);
  });

  it('is saved with progress, and goes on when that is cancelled', async () => {
    const jobs = new JobRegistry();
    const progress: JobInfo[] = [];
    jobs.events.subscribe((info) => progress.push(info));
    const { domains } = await connect('test:///default?delay=400', jobs);
    const job = need(domains, 'managedSave')(uuid);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await domains.state(uuid)).toEqual({ state: 'paused', reason: 'saving' });
    expect(progress.at(-1)).toMatchObject({ state: 'running', total: 8388608 * 1024 });
    expect(progress.at(-1)?.done).toBeGreaterThan(0);
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'operation-aborted' });
    expect(await domains.state(uuid)).toEqual({ state: 'running', reason: 'save canceled' });
  });

  it('can be destroyed while it is being saved; the save fails then', async () => {
    const { domains } = await connect('test:///default?delay=300');
    const job = need(domains, 'managedSave')(uuid);
    await turn();
    await need(domains, 'destroy')(uuid);
    await expect(job.result).rejects.toMatchObject({ code: 'operation-invalid' });
    expect(await domains.lookupByUuid(uuid)).toMatchObject({
      state: 'shutoff',
      reason: 'destroyed',
      hasManagedSave: false,
    });
  });

  it('is destroyed with its connection when it was started so', async () => {
    const { domains, events } = await connect('test:///default');
    await need(domains, 'createXml')(
      "<domain type='test'><name>brief</name><memory>1</memory><os><type>hvm</type></os></domain>",
      { autodestroy: true },
    );
    const told: string[] = [];
    events.subscribe((event) => {
      if (event.type === 'domain' && event.event.kind === 'lifecycle')
        told.push(`${event.domain.name} ${event.event.event}`);
    });
    await open.pop()?.close();
    expect(told).toEqual(['brief stopped']);
  });

  it('shows a picture that can be decoded and moves', async () => {
    const { domains } = await connect('test:///default');
    const picture = Buffer.from(await need(domains, 'screenshot')(uuid));
    const at = picture.indexOf('IDAT');
    const rows = inflateSync(picture.subarray(at + 4, at + 4 + picture.readUInt32BE(at - 4)));
    expect(rows).toHaveLength((screenSize.width + 1) * screenSize.height);
    expect(new Set(rows).size).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(Buffer.from(await need(domains, 'screenshot')(uuid)).equals(picture)).toBe(false);
  });

  it('echoes on its serial console what is typed', async () => {
    const { domains } = await connect('test:///many?n=1');
    const [domain] = await domains.list();
    const stream = await need(domains, 'openConsole')(domain?.uuid ?? '', 'serial0');
    let text = '';
    stream.output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    stream.input.write('root\r');
    await turn();
    await turn();
    expect(text).toBe('\r\nweb-0001 login: root\r\nweb-0001 login: ');
    stream.close();
    await expect(need(domains, 'openConsole')(domain?.uuid ?? '', 'serial9')).rejects.toThrow(/serial9/);
  });

  it('takes keys that exist and refuses others', async () => {
    const { domains } = await connect('test:///default');
    await need(domains, 'sendKey')(uuid, 'linux', [29, 56, 111]);
    await expect(need(domains, 'sendKey')(uuid, 'linux', [60_000])).rejects.toMatchObject({ code: 'invalid-arg' });
  });

  it('restarts instead of stopping when its definition says so', async () => {
    const { domains } = await connect('test:///default');
    const xml = (await domains.xml(uuid, { inactive: true })).replace('<on_poweroff>destroy', '<on_poweroff>restart');
    await need(domains, 'destroy')(uuid);
    await need(domains, 'define')(xml);
    await need(domains, 'start')(uuid);
    await need(domains, 'shutdown')(uuid);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await domains.state(uuid)).toMatchObject({ state: 'running' });
  });
});
