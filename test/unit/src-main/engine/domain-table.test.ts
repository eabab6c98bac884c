import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DomainRecord } from '../../../../src-main/engine/domain-record.ts';
import { DomainTable, type DomainTableOptions } from '../../../../src-main/engine/domain-table.ts';
import { Emitter, type EngineEvent } from '../../../../src-main/engine/events.ts';
import { DefinitionStore } from '../../../../src-main/engine/store.ts';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';

interface Runtime {
  readonly pid: number;
}

const uuidA = '11111111-2222-3333-4444-555555555501';
const uuidB = '11111111-2222-3333-4444-555555555502';

const xmlOf = (name: string, uuid?: string, inner = ''): string =>
  `<domain type='test'><name>${name}</name>${uuid === undefined ? '' : `<uuid>${uuid}</uuid>`}` +
  `<memory>65536</memory><os><type>hvm</type></os>${inner}</domain>`;

let folder: string;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-table-'));
  told = [];
});
afterEach(async () => {
  // What one test left to be told must not reach the next.
  await turn();
  rmSync(folder, { recursive: true });
});

const definitions = (): string => join(folder, 'config', 'test');

function makeTable(options: Partial<DomainTableOptions<Runtime>> = {}): DomainTable<Runtime> {
  const events = new Emitter<EngineEvent>();
  events.subscribe((event) => told.push(words(event)));
  const store = new DefinitionStore({ definitions: definitions(), history: join(folder, 'history', 'test') });
  const table = new DomainTable<Runtime>({
    errorDomain: 'test',
    events,
    store,
    complete: (domain) => domain,
    ...options,
  });
  table.load();
  return table;
}

function words(event: EngineEvent): string {
  switch (event.type) {
    case 'domain': {
      const { domain, event: what } = event;
      const detail = what.kind === 'lifecycle' ? `${what.event} ${what.detail}` : what.kind;
      return `${domain.name} ${domain.id} ${detail}`;
    }
    case 'domain-summary':
      return `summary ${event.summary.name} ${event.summary.state}`;
    case 'domain-gone':
      return `gone ${event.uuid}`;
    default:
      return event.type;
  }
}

/** What a driver does at start and stop. */
async function start(table: DomainTable<Runtime>, uuid: string): Promise<void> {
  await table.modify(uuid, 'start', async (record) => {
    table.requireInactive(record);
    run(table, record, record.current);
    await Promise.resolve();
  });
}

function run(table: DomainTable<Runtime>, record: DomainRecord<Runtime>, live: Domain): void {
  table.started(
    record,
    { id: table.nextId(), live, runtime: { pid: 1 }, state: { state: 'running', reason: 'booted' } },
    { kind: 'lifecycle', event: 'resumed', detail: 'unpaused' },
    { kind: 'lifecycle', event: 'started', detail: 'booted' },
  );
}

function stop(table: DomainTable<Runtime>, uuid: string): void {
  const record = table.get(uuid);
  table.stopped(
    record,
    { state: 'shutoff', reason: 'destroyed' },
    { kind: 'lifecycle', event: 'stopped', detail: 'destroyed' },
  );
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('defining', () => {
  it('stores the domain, keeps it in the history and tells of it before its summary', async () => {
    const table = makeTable();
    const summary = await table.define(xmlOf('web', uuidA), { author: 'virsh' });
    expect(summary).toMatchObject({ name: 'web', uuid: uuidA, state: 'shutoff', persistent: true, memoryKiB: 65536 });
    expect(readFileSync(join(definitions(), 'web.xml'), 'utf8')).toContain(`<uuid>${uuidA}</uuid>`);
    expect(table.history(uuidA)).toMatchObject([{ author: 'virsh' }]);
    await turn();
    expect(told).toEqual(['web -1 defined added', 'summary web shutoff']);
  });

  it('tells of an update when the domain was there', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await table.define(xmlOf('web', uuidA, '<title>Shop</title>'));
    expect(table.summary(uuidA).title).toBe('Shop');
    expect(told.filter((word) => !word.startsWith('summary'))).toEqual([
      'web -1 defined added',
      'web -1 defined updated',
    ]);
  });

  it('makes a UUID where it was left out', async () => {
    const { uuid } = await makeTable().define(xmlOf('web'));
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  it.each([
    ['another UUID', xmlOf('web', uuidB)],
    ['no UUID', xmlOf('web')],
  ])('refuses a name that is taken, with %s', async (_case, xml) => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await expect(table.define(xml)).rejects.toMatchObject({
      data: { code: 'operation-failed', domain: 'test', message: `domain 'web' already exists with uuid ${uuidA}` },
    });
    expect(table.list()).toHaveLength(1);
  });

  it('refuses a new name for a known UUID', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await expect(table.define(xmlOf('shop', uuidA))).rejects.toMatchObject({
      data: { code: 'operation-failed', message: `domain 'web' is already defined with uuid ${uuidA}` },
    });
  });

  it('lets one of two win that define the same name at the same moment', async () => {
    const table = makeTable();
    const both = await Promise.allSettled([table.define(xmlOf('web', uuidA)), table.define(xmlOf('web', uuidB))]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(table.list()).toHaveLength(1);
    expect(readdirSync(definitions()).filter((file) => file.endsWith('.xml'))).toEqual(['web.xml']);
  });

  it.each([
    ['a/b', 'xml-error'],
    ['a\nb', 'xml-detail'],
  ])('refuses the name %j', async (name, code) => {
    await expect(makeTable().define(xmlOf(name))).rejects.toMatchObject({ code });
  });

  it('refuses a name no file can have, and says how long it may be', async () => {
    await expect(makeTable().define(xmlOf('ä'.repeat(126)))).rejects.toThrow(/252 bytes; a file can have 251/);
  });

  it('tells malformed XML from wrong XML, as libvirt’s codes do', async () => {
    const table = makeTable();
    await expect(table.define('<domain>')).rejects.toMatchObject({ code: 'xml-detail' });
    await expect(table.define("<domain type='test'><memory>1</memory></domain>")).rejects.toMatchObject({
      code: 'xml-error',
    });
  });

  it('drops what only a running domain has', async () => {
    const table = makeTable();
    const inner =
      "<devices><interface type='user'><target dev='vnet3'/><alias name='net0'/></interface>" +
      "<sound model='ich9'><alias name='ua-speaker'/></sound>" +
      "<graphics type='vnc' port='5907' autoport='yes'/></devices>";
    await table.define(xmlOf('web', uuidA, inner).replace('<domain ', "<domain id='7' "));
    const xml = table.xml(uuidA);
    expect(xml).not.toMatch(/id='7'|vnet3|net0|5907/);
    expect(xml).toContain("<alias name='ua-speaker'/>");
    expect(xml).toContain("port='-1'");
  });

  it('leaves nothing behind when the driver refuses it', async () => {
    const table = makeTable({
      complete: () => {
        throw new Error('no such machine');
      },
    });
    await expect(table.define(xmlOf('web', uuidA))).rejects.toThrow('no such machine');
    expect(table.list()).toEqual([]);
    expect(readdirSync(definitions())).toEqual(['autostart']);
  });

  it('keeps the history of what is undefined for some months, and for ever while a file can not be read', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await table.undefine(uuidA);
    const past = join(folder, 'history', 'test', `${uuidA}.history`);
    makeTable();
    expect(existsSync(past)).toBe(true);
    utimesSync(past, 1000, 1000);
    writeFileSync(join(definitions(), 'torn.xml'), '<domain');
    makeTable();
    expect(existsSync(past)).toBe(true);
    rmSync(join(definitions(), 'torn.xml'));
    makeTable();
    expect(existsSync(past)).toBe(false);
  });

  it('survives the engine', async () => {
    await makeTable().define(xmlOf('web', uuidA, '<title>Shop</title>'));
    expect(makeTable().list()).toMatchObject([{ name: 'web', uuid: uuidA, title: 'Shop', persistent: true }]);
  });
});

describe('files that are not ours', () => {
  beforeEach(() => mkdirSync(definitions(), { recursive: true }));

  it.each([
    ['torn', xmlOf('web', uuidA).slice(0, 60)],
    ['of another name', xmlOf('shop', uuidA)],
    ['without a UUID', xmlOf('web')],
  ])('are named and left alone when %s, and a domain of that name is refused', async (_case, content) => {
    const path = join(definitions(), 'web.xml');
    writeFileSync(path, content);
    const table = makeTable();
    expect(table.list()).toEqual([]);
    expect(table.notices()).toMatchObject([{ severity: 'warning', message: expect.stringContaining(path) as string }]);
    await expect(table.define(xmlOf('web', uuidB))).rejects.toMatchObject({
      data: { code: 'operation-failed', message: `The file '${path}' is in the way.` },
    });
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(table.list()).toEqual([]);
  });

  it('are not written over either when they appeared after the start', async () => {
    const table = makeTable();
    writeFileSync(join(definitions(), 'web.xml'), 'notes');
    await expect(table.define(xmlOf('web', uuidA))).rejects.toThrow(/in the way/);
    expect(readFileSync(join(definitions(), 'web.xml'), 'utf8')).toBe('notes');
    expect(existsSync(join(folder, 'history', 'test', `${uuidA}.history`))).toBe(false);
  });

  it('are kept in the history when somebody edited one of ours', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA), { author: 'window' });
    writeFileSync(join(definitions(), 'web.xml'), 'edited by hand');
    await table.define(xmlOf('web', uuidA, '<title>Shop</title>'), { author: 'window' });
    const entries = table.history(uuidA);
    expect(entries.map((entry) => entry.author)).toEqual(['window', 'edited-file', 'window']);
    expect(table.historyXml(uuidA, entries[1]?.id ?? '')).toBe('edited by hand');
  });

  it('left by a write that never ended are cleared away', async () => {
    writeFileSync(join(definitions(), '.4711-3.new'), 'half');
    makeTable();
    expect(readdirSync(definitions())).toEqual(['autostart']);
    await Promise.resolve();
  });

  it('with a UUID that a newer file has are left alone', async () => {
    await makeTable().define(xmlOf('web', uuidA));
    await new Promise((resolve) => setTimeout(resolve, 5));
    writeFileSync(join(definitions(), 'copy.xml'), xmlOf('copy', uuidA));
    const table = makeTable();
    expect(table.list().map((domain) => domain.name)).toEqual(['copy']);
    expect(table.notices()[0]?.message).toContain('web.xml');
  });
});

describe('finding', () => {
  it('has libvirt’s words for what is not there', () => {
    const table = makeTable();
    expect(() => table.get(uuidA)).toThrow(`no domain with matching uuid '${uuidA}'`);
    expect(() => table.summaryByName('web')).toThrow("no domain with matching name 'web'");
    expect(() => table.summaryById(7)).toThrow('no domain with matching id 7');
    expect(() => table.summaryByName('web')).toThrow(expect.objectContaining({ code: 'no-domain' }) as Error);
  });

  it('accepts every spelling of a UUID', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    expect(table.summary(uuidA.toUpperCase().replaceAll('-', '')).name).toBe('web');
  });

  it('finds running domains by their id, which counts up', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await start(table, uuidA);
    expect(table.summaryById(1).name).toBe('web');
    stop(table, uuidA);
    expect(() => table.summaryById(1)).toThrow('no domain');
    await start(table, uuidA);
    expect(table.summary(uuidA).id).toBe(2);
  });
});

describe('a running domain', () => {
  it('is told of in libvirt’s order, with the state already stored', async () => {
    const events = new Emitter<EngineEvent>();
    const table = makeTable({ events });
    await table.define(xmlOf('web', uuidA));
    const seen: string[] = [];
    events.subscribe((event) => {
      if (event.type === 'domain') seen.push(`${words(event)}: ${table.summary(uuidA).state}`);
    });
    await start(table, uuidA);
    stop(table, uuidA);
    expect(seen).toEqual([
      'web 1 resumed unpaused: running',
      'web 1 started booted: running',
      'web -1 stopped destroyed: shutoff',
    ]);
  });

  it('keeps running what it runs when it is redefined; the change is for the next boot', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await start(table, uuidA);
    expect(table.summary(uuidA).pendingChanges).toBe(false);
    await table.define(xmlOf('web', uuidA, '<title>Next</title>'));
    expect(table.xml(uuidA)).not.toContain('Next');
    expect(table.xml(uuidA)).toContain("id='1'");
    expect(table.xml(uuidA, { inactive: true })).toContain('Next');
    expect(table.xml(uuidA, { inactive: true })).not.toContain("id='1'");
    expect(table.summary(uuidA).pendingChanges).toBe(true);
    stop(table, uuidA);
    expect(table.xml(uuidA)).toContain('Next');
    expect(table.summary(uuidA).pendingChanges).toBe(false);
  });

  it('has nothing pending when the same change was made to both configurations', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await start(table, uuidA);
    await table.setMetadata(uuidA, { type: 'title' }, 'Both', { live: true, config: true });
    expect(table.summary(uuidA)).toMatchObject({ title: 'Both', pendingChanges: false });
    await table.setMetadata(uuidA, { type: 'title' }, 'Live', { live: true });
    expect(table.summary(uuidA)).toMatchObject({ title: 'Live', pendingChanges: true });
  });

  it('becomes transient when it is undefined, and vanishes when it stops', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await start(table, uuidA);
    await turn();
    told.length = 0;
    await table.undefine(uuidA);
    expect(table.summary(uuidA)).toMatchObject({ persistent: false, state: 'running' });
    expect(readdirSync(definitions())).toEqual(['autostart']);
    stop(table, uuidA);
    expect(() => table.get(uuidA)).toThrow('no domain');
    await turn();
    expect(told).toEqual(['web 1 undefined removed', 'web -1 stopped destroyed', `gone ${uuidA}`]);
  });

  it('that lost its definition gets it again: that is "updated"', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await start(table, uuidA);
    await table.undefine(uuidA);
    await table.define(xmlOf('web', uuidA));
    expect(told.at(-1)).toBe('web 1 defined updated');
  });

  it('that was transient becomes persistent by defining it: that is "added"', async () => {
    const table = makeTable();
    const domain = await table.read(xmlOf('web', uuidA), 'start');
    await table.createXml(domain, 'createXml', async (record) => run(table, record, record.current));
    await table.define(xmlOf('web', uuidA));
    expect(told).toContain('web 1 defined added');
    expect(table.summary(uuidA).persistent).toBe(true);
    stop(table, uuidA);
    expect(table.summary(uuidA).state).toBe('shutoff');
  });
});

describe('XML that runs once', () => {
  it('makes a transient domain, never told of as defined or undefined', async () => {
    const table = makeTable();
    const domain = await table.read(xmlOf('web', uuidA), 'start');
    const summary = await table.createXml(domain, 'createXml', async (record) => run(table, record, record.current));
    expect(summary).toMatchObject({ persistent: false, state: 'running', id: 1 });
    stop(table, uuidA);
    await turn();
    expect(told).toEqual([
      'web 1 resumed unpaused',
      'web 1 started booted',
      'web -1 stopped destroyed',
      `gone ${uuidA}`,
    ]);
    expect(readdirSync(definitions())).toEqual(['autostart']);
  });

  it('leaves no domain when it can not be started', async () => {
    const table = makeTable();
    const domain = await table.read(xmlOf('web', uuidA), 'start');
    await expect(table.createXml(domain, 'createXml', () => Promise.reject(new Error('no memory')))).rejects.toThrow(
      'no memory',
    );
    expect(table.list()).toEqual([]);
  });

  it('over an inactive persistent domain keeps the definition', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA, '<title>Stored</title>'));
    const domain = await table.read(xmlOf('web', uuidA, '<title>Once</title>'), 'start');
    await table.createXml(domain, 'createXml', async (record, live) => {
      table.startedOnce(record, {
        id: table.nextId(),
        live,
        runtime: { pid: 1 },
        state: { state: 'running', reason: 'booted' },
      });
    });
    expect(table.summary(uuidA)).toMatchObject({ title: 'Once', persistent: true, pendingChanges: true });
    stop(table, uuidA);
    expect(table.summary(uuidA)).toMatchObject({ title: 'Stored', pendingChanges: false });
  });

  it('is refused over a running domain, and for a taken name', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await start(table, uuidA);
    const again = await table.read(xmlOf('web', uuidA), 'start');
    await expect(table.createXml(again, 'createXml', () => Promise.resolve())).rejects.toMatchObject({
      data: { code: 'operation-invalid', message: "domain 'web' is already active" },
    });
    const other = await table.read(xmlOf('web', uuidB), 'start');
    await expect(table.createXml(other, 'createXml', () => Promise.resolve())).rejects.toMatchObject({
      code: 'operation-failed',
    });
  });
});

describe('undefining', () => {
  it('removes the definition and the autostart link', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await table.setAutostart(uuidA, true);
    await table.undefine(uuidA);
    expect(table.list()).toEqual([]);
    expect(readdirSync(definitions())).toEqual(['autostart']);
    expect(readdirSync(join(definitions(), 'autostart'))).toEqual([]);
  });

  it('is refused for a transient domain', async () => {
    const table = makeTable();
    const domain = await table.read(xmlOf('web', uuidA), 'start');
    await table.createXml(domain, 'createXml', async (record) => run(table, record, record.current));
    await expect(table.undefine(uuidA)).rejects.toMatchObject({ code: 'operation-invalid' });
  });

  it('is refused while there is a managed save, unless that goes too', async () => {
    const removed: string[] = [];
    const table = makeTable({
      removeManagedSave: async (record) => {
        removed.push(record.name);
        await Promise.resolve();
      },
    });
    await table.define(xmlOf('web', uuidA));
    table.changed(table.get(uuidA), { hasManagedSave: true });
    await expect(table.undefine(uuidA)).rejects.toMatchObject({ code: 'operation-invalid' });
    expect(table.list()).toHaveLength(1);
    await table.undefine(uuidA, { managedSave: true });
    expect(removed).toEqual(['web']);
    expect(table.list()).toEqual([]);
  });

  it('is refused when the driver has a reason, and nothing is removed', async () => {
    const table = makeTable({ beforeUndefine: () => Promise.reject(new Error('cannot undefine domain with nvram')) });
    await table.define(xmlOf('web', uuidA));
    await expect(table.undefine(uuidA)).rejects.toThrow('nvram');
    expect(readdirSync(definitions())).toContain('web.xml');
    expect(table.summary(uuidA).persistent).toBe(true);
  });
});

describe('renaming', () => {
  it('moves the file and the autostart link, and tells of both names', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await table.setAutostart(uuidA, true);
    told.length = 0;
    const summary = await table.rename(uuidA, 'shop');
    expect(summary).toMatchObject({ name: 'shop', autostart: true });
    expect(readdirSync(definitions()).sort()).toEqual(['autostart', 'shop.xml']);
    expect(readlinkSync(join(definitions(), 'autostart', 'shop.xml'))).toBe('../shop.xml');
    expect(told.filter((word) => !word.startsWith('summary'))).toEqual([
      'web -1 undefined renamed',
      'shop -1 defined renamed',
    ]);
    expect(() => table.summaryByName('web')).toThrow('no domain');
    expect(table.summaryByName('shop').uuid).toBe(uuidA);
    expect(makeTable().list()).toMatchObject([{ name: 'shop', uuid: uuidA, autostart: true }]);
  });

  it('is refused while it runs, to itself, to a taken name, and with a managed save', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await table.define(xmlOf('shop', uuidB));
    await expect(table.rename(uuidA, 'web')).rejects.toMatchObject({ code: 'operation-invalid' });
    await expect(table.rename(uuidA, 'shop')).rejects.toThrow("domain with name 'shop' already exists");
    table.changed(table.get(uuidB), { hasManagedSave: true });
    await expect(table.rename(uuidB, 'store')).rejects.toMatchObject({ code: 'operation-invalid' });
    await start(table, uuidA);
    await expect(table.rename(uuidA, 'store')).rejects.toThrow(/active domain/);
  });
});

describe('autostart', () => {
  it('is a link that the next engine finds', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await table.setAutostart(uuidA, true);
    expect(readlinkSync(join(definitions(), 'autostart', 'web.xml'))).toBe('../web.xml');
    expect(makeTable().summary(uuidA).autostart).toBe(true);
    await table.setAutostart(uuidA, false);
    expect(makeTable().summary(uuidA).autostart).toBe(false);
  });

  it('is refused for a transient domain', async () => {
    const table = makeTable();
    const domain = await table.read(xmlOf('web', uuidA), 'start');
    await table.createXml(domain, 'createXml', async (record) => run(table, record, record.current));
    await expect(table.setAutostart(uuidA, true)).rejects.toMatchObject({ code: 'operation-invalid' });
  });
});

describe('metadata', () => {
  const element = { type: 'element', uri: 'http://app.example/1', prefix: 'app' } as const;

  it('goes into the configuration asked for', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await start(table, uuidA);
    await table.setMetadata(uuidA, { type: 'description' }, 'live one', {});
    await table.setMetadata(uuidA, { type: 'description' }, 'stored one', { config: true });
    expect(table.metadata(uuidA, { type: 'description' }, {})).toBe('live one');
    expect(table.metadata(uuidA, { type: 'description' }, { config: true })).toBe('stored one');
    expect(makeTable().xml(uuidA)).toContain('stored one');
  });

  it('of an application is kept in its namespace and given back as it came', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await table.setMetadata(uuidA, element, "<note who='me'><b>1</b></note>", {});
    expect(table.xml(uuidA)).toContain('<app:note xmlns:app="http://app.example/1" who="me">');
    expect(table.metadata(uuidA, element, {})).toBe('<note who="me">\n  <b>1</b>\n</note>');
    expect(told).toContain('web -1 metadata-change');
    await table.setMetadata(uuidA, element, undefined, {});
    expect(() => table.metadata(uuidA, element, {})).toThrow(
      expect.objectContaining({ code: 'no-domain-metadata' }) as Error,
    );
  });

  it('is refused live when nothing runs, and stored for a transient domain', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await expect(table.setMetadata(uuidA, { type: 'title' }, 'x', { live: true })).rejects.toThrow('not running');
    await start(table, uuidA);
    await table.undefine(uuidA);
    await expect(table.setMetadata(uuidA, { type: 'title' }, 'x', { config: true })).rejects.toThrow(
      /persistent config/,
    );
  });

  it('refuses a title of two lines, a prefix that is none, and XML that is none', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await expect(table.setMetadata(uuidA, { type: 'title' }, 'a\nb', {})).rejects.toMatchObject({
      code: 'invalid-arg',
    });
    await expect(table.setMetadata(uuidA, { ...element, prefix: 'a:b' }, '<x/>', {})).rejects.toMatchObject({
      code: 'invalid-arg',
    });
    await expect(table.setMetadata(uuidA, element, '<x>', {})).rejects.toMatchObject({ code: 'xml-detail' });
  });
});

describe('taking over what runs already', () => {
  it('keeps id and state, tells nothing, and later ids go on from there', async () => {
    await makeTable().define(xmlOf('web', uuidA));
    await turn();
    told.length = 0;
    const table = makeTable();
    const live: Domain = { ...table.get(uuidA).current };
    table.adopt({ id: 41, live, runtime: { pid: 9 }, state: { state: 'paused', reason: 'user' }, persistent: true });
    expect(table.summary(uuidA)).toMatchObject({ id: 41, state: 'paused', persistent: true, pendingChanges: false });
    await turn();
    expect(told).toEqual([]);
    expect(table.nextId()).toBe(42);
  });
});

describe('passwords', () => {
  it('are shown only when asked for', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA, "<devices><graphics type='vnc' port='-1' passwd='sesame'/></devices>"));
    expect(table.xml(uuidA)).not.toContain('sesame');
    expect(table.xml(uuidA, { secure: true })).toContain("passwd='sesame'");
    expect(makeTable().xml(uuidA, { secure: true })).toContain("passwd='sesame'");
  });
});

describe('many changes in one turn', () => {
  it('are told as one summary each', async () => {
    const table = makeTable();
    await table.define(xmlOf('web', uuidA));
    await turn();
    told.length = 0;
    const record = table.get(uuidA);
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) table.changed(record, { addresses: [address] });
    await turn();
    expect(told).toEqual(['summary web shutoff']);
    expect(table.summary(uuidA).addresses).toEqual(['10.0.0.3']);
  });
});
