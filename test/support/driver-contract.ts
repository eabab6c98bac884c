/**
 * The contract of a driver that keeps its own definitions, as tests that run against any of them: what libvirt promises
 * of its QEMU driver. A test of a verb the driver lacks is skipped, for the verb's absence is what says so.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, type DomainApi, need } from '../../src-main/engine/driver.ts';
import type { EngineEvent } from '../../src-main/engine/events.ts';
import type { DomainSummary } from '../../src-shared/model/summary.ts';

export interface DriverContract {
  /** A connection of its own, with nothing of the name prefix `contract-` in it. */
  open(): Promise<{ readonly connection: Connection; close(): Promise<void> }>;
  /**
   * A small domain that runs: `<domain>` with this name and UUID, without a title, whatever else the driver needs, and
   * one serial console. `extra` goes inside `<domain>`, `devices` inside `<devices>`.
   */
  xml(options: {
    readonly name: string;
    readonly uuid?: string;
    readonly extra?: string;
    readonly devices?: string;
  }): string;
  /** Whether what runs in it shuts down when asked. */
  readonly guestObeys: boolean;
  /** How long a start or stop may take. */
  readonly patienceMs: number;
  /** A device that can be added to a running domain, and how its XML is recognised. */
  readonly hotplug?: { readonly xml: string; readonly mark: string };
}

export function driverContract(name: string, contract: DriverContract): void {
  describe(`${name} keeps the contract of a driver`, () => {
    let connection: Connection;
    let domains: DomainApi;
    let close: () => Promise<void>;
    let stopListening: () => void;
    let told: EngineEvent[] = [];
    let names = 0;
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'vivarium-contract-'));
      ({ connection, close } = await contract.open());
      ({ domains } = connection);
      stopListening = connection.events.subscribe((event) => told.push(event));
    }, contract.patienceMs * 2);

    afterAll(async () => {
      stopListening();
      await close();
      rmSync(folder, { recursive: true });
    }, contract.patienceMs * 2);

    afterEach(async () => {
      for (const domain of await domains.list()) {
        if (!domain.name.startsWith('contract-')) continue;
        if (domain.id !== undefined) await need(domains, 'destroy')(domain.uuid);
        if (domain.persistent) {
          await need(domains, 'undefine')(domain.uuid, { managedSave: true, nvram: 'remove', tpm: 'remove' });
        }
      }
      told = [];
    }, contract.patienceMs * 2);

    const freshName = (): string => `contract-${(names += 1)}-${randomUUID().slice(0, 4)}`;
    const define = async (options: { extra?: string; devices?: string } = {}): Promise<DomainSummary> =>
      await need(domains, 'define')(contract.xml({ name: freshName(), ...options }), { author: 'contract' });
    const start = async (uuid: string, paused = false): Promise<DomainSummary> =>
      await need(domains, 'start')(uuid, { paused });
    const startNew = async (options: { extra?: string; devices?: string } = {}): Promise<DomainSummary> =>
      await start((await define(options)).uuid);

    /** Lifecycle events of a domain so far, as `virsh event` words them, with its id at that moment. */
    const lifecycles = (uuid: string): string[] =>
      told.flatMap((event) =>
        event.type === 'domain' && event.domain.uuid === uuid && event.event.kind === 'lifecycle'
          ? [`${event.event.event} ${event.event.detail}`]
          : [],
      );
    const ids = (uuid: string, lifecycle: string): number[] =>
      told.flatMap((event) =>
        event.type === 'domain' &&
        event.domain.uuid === uuid &&
        event.event.kind === 'lifecycle' &&
        event.event.event === lifecycle
          ? [event.domain.id]
          : [],
      );
    const until = async (what: string, check: () => Promise<boolean> | boolean): Promise<void> => {
      for (const end = Date.now() + contract.patienceMs; ; ) {
        if (await check()) return;
        if (Date.now() > end) throw new Error(`waited ${contract.patienceMs} ms in vain: ${what}`);
        await delay(5);
      }
    };
    const gone = async (uuid: string): Promise<boolean> => {
      const found = await domains.lookupByUuid(uuid).catch(() => undefined);
      return found === undefined;
    };
    const code = (expected: string): unknown =>
      expect.objectContaining({ data: expect.objectContaining({ code: expected }) as unknown });
    const can = (verb: keyof DomainApi): boolean => domains[verb] !== undefined;

    describe('definitions', () => {
      it('are found by UUID and name once defined, and told of', async () => {
        const domain = await define({ extra: '<title>Contract</title>' });
        expect(domain).toMatchObject({ state: 'shutoff', persistent: true, autostart: false, title: 'Contract' });
        expect(domain).not.toHaveProperty('id');
        expect(await domains.lookupByUuid(domain.uuid)).toEqual(domain);
        expect(await domains.lookupByName(domain.name)).toEqual(domain);
        expect(lifecycles(domain.uuid)).toEqual(['defined added']);
        const xml = await domains.xml(domain.uuid);
        expect(xml).toContain(`<uuid>${domain.uuid}</uuid>`);
        await need(domains, 'define')(xml);
        expect(lifecycles(domain.uuid)).toEqual(['defined added', 'defined updated']);
        expect(await domains.xml(domain.uuid)).toBe(xml);
      });

      it('have one UUID a name and one name a UUID', async () => {
        const { name, uuid } = await define();
        const again = (xml: string): Promise<unknown> => need(domains, 'define')(xml);
        await expect(again(contract.xml({ name }))).rejects.toEqual(code('operation-failed'));
        await expect(again(contract.xml({ name: freshName(), uuid }))).rejects.toEqual(code('operation-failed'));
        expect(await domains.lookupByUuid(uuid)).toMatchObject({ name });
      });

      it('that are not there are "no domain", with libvirt’s words', async () => {
        const uuid = randomUUID();
        await expect(domains.lookupByUuid(uuid)).rejects.toThrow(`no domain with matching uuid '${uuid}'`);
        await expect(domains.lookupByName('contract-none')).rejects.toThrow(
          "no domain with matching name 'contract-none'",
        );
        await expect(domains.lookupById(999_999)).rejects.toThrow('no domain with matching id 999999');
        await expect(domains.xml(uuid)).rejects.toEqual(code('no-domain'));
        await expect(need(domains, 'start')(uuid)).rejects.toEqual(code('no-domain'));
      });

      it('are refused when they are not XML of a domain', async () => {
        await expect(need(domains, 'define')('<domain>')).rejects.toEqual(code('xml-detail'));
        await expect(need(domains, 'define')('<network><name>contract-x</name></network>')).rejects.toEqual(
          code('xml-error'),
        );
      });

      it('go, and are told of, when undefined', async () => {
        const { uuid } = await define();
        await need(domains, 'undefine')(uuid);
        expect(await gone(uuid)).toBe(true);
        expect(lifecycles(uuid)).toEqual(['defined added', 'undefined removed']);
        await until('the domain is told to be gone', () =>
          told.some((event) => event.type === 'domain-gone' && event.uuid === uuid),
        );
      });

      it('can be renamed while off', async ({ skip }) => {
        if (!can('rename')) skip();
        const { uuid, name } = await define();
        const renamed = freshName();
        expect(await need(domains, 'rename')(uuid, renamed)).toMatchObject({ name: renamed, uuid });
        await expect(domains.lookupByName(name)).rejects.toEqual(code('no-domain'));
        expect(lifecycles(uuid)).toEqual(['defined added', 'undefined renamed', 'defined renamed']);
        await start(uuid);
        await expect(need(domains, 'rename')(uuid, name)).rejects.toEqual(code('operation-invalid'));
      });

      it('remember whether they start by themselves', async () => {
        const { uuid } = await define();
        await need(domains, 'setAutostart')(uuid, true);
        expect((await domains.lookupByUuid(uuid)).autostart).toBe(true);
        await need(domains, 'setAutostart')(uuid, false);
        expect((await domains.lookupByUuid(uuid)).autostart).toBe(false);
      });
    });

    describe('a start', () => {
      it('is told as resumed, then started, with the id already given', async () => {
        const { uuid, name } = await define();
        const running = await start(uuid);
        expect(running).toMatchObject({ state: 'running', reason: 'booted', name });
        expect(running.id).toBeGreaterThan(0);
        expect(lifecycles(uuid).slice(1)).toEqual(['resumed unpaused', 'started booted']);
        expect(ids(uuid, 'started')).toEqual([running.id]);
        expect(await domains.state(uuid)).toEqual({ state: 'running', reason: 'booted' });
        expect(await domains.lookupById(running.id ?? 0)).toMatchObject({ uuid });
        expect(await domains.xml(uuid)).toContain(`id='${running.id}'`);
        expect(await domains.xml(uuid, { inactive: true })).not.toContain(`id='${running.id}'`);
      });

      it('counts ids up and never gives one again', async () => {
        const first = await startNew();
        await need(domains, 'destroy')(first.uuid);
        const second = await start(first.uuid);
        expect(second.id).toBeGreaterThan(first.id ?? Infinity);
      });

      it('is refused while it runs', async () => {
        const { uuid } = await startNew();
        await expect(start(uuid)).rejects.toEqual(code('operation-invalid'));
      });

      it('paused is told as started, then suspended', async () => {
        const { uuid } = await define();
        expect(await start(uuid, true)).toMatchObject({ state: 'paused' });
        expect(lifecycles(uuid).slice(1)).toEqual(['started booted', 'suspended paused']);
        await need(domains, 'resume')(uuid);
        expect(await domains.state(uuid)).toEqual({ state: 'running', reason: 'unpaused' });
      });

      it('is followed by a summary that says so', async () => {
        const { uuid, id } = await startNew();
        const startedAt = told.findIndex(
          (event) => event.type === 'domain' && event.event.kind === 'lifecycle' && event.event.event === 'started',
        );
        expect(startedAt).toBeGreaterThanOrEqual(0);
        // While it is brought up there may be others.
        await until('a summary of the running domain', () =>
          told
            .slice(startedAt)
            .some(
              (event) =>
                event.type === 'domain-summary' &&
                event.summary.uuid === uuid &&
                event.summary.id === id &&
                event.summary.state === 'running',
            ),
        );
      });
    });

    describe('a stop', () => {
      it('by force is told as stopped, with the id already gone', async () => {
        const { uuid } = await startNew();
        await need(domains, 'destroy')(uuid);
        expect(await domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'destroyed' });
        expect(lifecycles(uuid).at(-1)).toBe('stopped destroyed');
        expect(ids(uuid, 'stopped')).toEqual([-1]);
        expect(await domains.lookupByUuid(uuid)).not.toHaveProperty('id');
      });

      it('is refused for what does not run', async () => {
        const { uuid } = await define();
        await expect(need(domains, 'destroy')(uuid)).rejects.toEqual(code('operation-invalid'));
        await expect(need(domains, 'shutdown')(uuid)).rejects.toEqual(code('operation-invalid'));
        await expect(need(domains, 'suspend')(uuid)).rejects.toEqual(code('operation-invalid'));
        await expect(need(domains, 'resume')(uuid)).rejects.toEqual(code('operation-invalid'));
        await expect(need(domains, 'reset')(uuid)).rejects.toEqual(code('operation-invalid'));
      });

      it('that the guest was asked for is told as shutdown, then stopped', async ({ skip }) => {
        if (!contract.guestObeys) skip();
        const { uuid } = await startNew();
        await need(domains, 'shutdown')(uuid);
        await until('the guest is off', async () => (await domains.state(uuid)).state === 'shutoff');
        expect(await domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'shutdown' });
        expect(lifecycles(uuid).slice(-2)).toEqual(['shutdown guest', 'stopped shutdown']);
      });

      it('of several at once are told for each', async () => {
        const all = await Promise.all([startNew(), startNew(), startNew()]);
        await Promise.all(all.map(({ uuid }) => need(domains, 'destroy')(uuid)));
        for (const { uuid } of all)
          expect(lifecycles(uuid).filter((word) => word === 'stopped destroyed')).toHaveLength(1);
      });
    });

    describe('a pause', () => {
      it('is told once, and can be repeated in silence', async () => {
        const { uuid } = await startNew();
        const before = lifecycles(uuid).length;
        await need(domains, 'suspend')(uuid);
        await need(domains, 'suspend')(uuid);
        expect(await domains.state(uuid)).toEqual({ state: 'paused', reason: 'user' });
        expect(lifecycles(uuid).slice(before)).toEqual(['suspended paused']);
        await need(domains, 'resume')(uuid);
        expect(lifecycles(uuid).slice(before)).toEqual(['suspended paused', 'resumed unpaused']);
        expect(await domains.state(uuid)).toEqual({ state: 'running', reason: 'unpaused' });
        await expect(need(domains, 'resume')(uuid)).rejects.toEqual(code('operation-invalid'));
      });
    });

    describe('the two configurations', () => {
      it('differ when a running domain is redefined, until its next boot', async () => {
        const { uuid, name } = await startNew();
        await need(domains, 'define')(contract.xml({ name, uuid, extra: '<title>Next</title>' }));
        expect(await domains.xml(uuid)).not.toContain('Next');
        expect(await domains.xml(uuid, { inactive: true })).toContain('<title>Next</title>');
        expect(await domains.lookupByUuid(uuid)).toMatchObject({ state: 'running', pendingChanges: true });
        await need(domains, 'destroy')(uuid);
        expect(await domains.lookupByUuid(uuid)).toMatchObject({ title: 'Next', pendingChanges: false });
      });

      it('do not differ after a start alone', async () => {
        expect(await startNew()).toMatchObject({ pendingChanges: false });
      });

      it('keep metadata each for itself', async () => {
        const { uuid } = await startNew();
        const setMetadata = need(domains, 'setMetadata');
        const title = { type: 'title' } as const;
        await setMetadata(uuid, title, 'Now', {});
        await setMetadata(uuid, title, 'Later', { config: true });
        expect(await need(domains, 'metadata')(uuid, title, {})).toBe('Now');
        expect(await need(domains, 'metadata')(uuid, title, { config: true })).toBe('Later');
        await setMetadata(uuid, title, undefined, { live: true, config: true });
        await expect(need(domains, 'metadata')(uuid, title, {})).rejects.toEqual(code('no-domain-metadata'));
        const element = { type: 'element', uri: 'urn:contract', prefix: 'c' } as const;
        await setMetadata(uuid, element, '<note>x</note>', { live: true, config: true });
        expect(await need(domains, 'metadata')(uuid, element, {})).toBe('<note>x</note>');
        expect(await domains.xml(uuid, { inactive: true })).toContain('c:note');
      });
    });

    describe('transient domains', () => {
      it('are never defined nor undefined, and vanish when they stop', async () => {
        const uuid = randomUUID();
        const domain = await need(domains, 'createXml')(contract.xml({ name: freshName(), uuid }));
        expect(domain).toMatchObject({ persistent: false, state: 'running', uuid });
        await expect(need(domains, 'undefine')(uuid)).rejects.toEqual(code('operation-invalid'));
        await expect(need(domains, 'setAutostart')(uuid, true)).rejects.toEqual(code('operation-invalid'));
        await need(domains, 'destroy')(uuid);
        await until('the transient domain is gone', () => gone(uuid));
        // A hypervisor may still say that its host is ending it.
        const words = lifecycles(uuid).filter((word) => word !== 'shutdown host');
        expect(words).toEqual(['resumed unpaused', 'started booted', 'stopped destroyed']);
      });

      it('become of a running domain when it is undefined', async () => {
        const { uuid } = await startNew();
        await need(domains, 'undefine')(uuid, { nvram: 'remove', tpm: 'remove' });
        expect(await domains.lookupByUuid(uuid)).toMatchObject({ persistent: false, state: 'running' });
        expect(lifecycles(uuid).at(-1)).toBe('undefined removed');
        await need(domains, 'destroy')(uuid);
        await until('the transient domain is gone', () => gone(uuid));
      });

      it('run once over an inactive definition, which stays', async () => {
        const { uuid, name } = await define({ extra: '<title>Stored</title>' });
        const once = contract.xml({ name, uuid, extra: '<title>Once</title>' });
        expect(await need(domains, 'createXml')(once)).toMatchObject({ title: 'Once', persistent: true });
        await expect(need(domains, 'createXml')(once)).rejects.toEqual(code('operation-invalid'));
        await need(domains, 'destroy')(uuid);
        expect(await domains.lookupByUuid(uuid)).toMatchObject({ title: 'Stored', persistent: true });
      });
    });

    describe('a managed save', () => {
      it('keeps the running domain for the next start, which uses it up', async ({ skip }) => {
        if (!can('managedSave')) skip();
        const { uuid } = await startNew();
        await need(domains, 'managedSave')(uuid).result;
        expect(await domains.lookupByUuid(uuid)).toMatchObject({
          state: 'shutoff',
          reason: 'saved',
          hasManagedSave: true,
        });
        expect(lifecycles(uuid).slice(-2)).toEqual(['suspended paused', 'stopped saved']);
        await expect(need(domains, 'undefine')(uuid)).rejects.toEqual(code('operation-invalid'));
        expect(await start(uuid)).toMatchObject({ state: 'running', reason: 'restored', hasManagedSave: false });
        expect(lifecycles(uuid).slice(-2)).toEqual(['started restored', 'resumed from-snapshot']);
      });

      it('is thrown away when told to boot afresh, or when removed', async ({ skip }) => {
        if (!can('managedSave') || !can('managedSaveRemove')) skip();
        const { uuid } = await startNew();
        await need(domains, 'managedSave')(uuid).result;
        expect(await need(domains, 'start')(uuid, { forceBoot: true })).toMatchObject({
          reason: 'booted',
          hasManagedSave: false,
        });
        await need(domains, 'managedSave')(uuid).result;
        await need(domains, 'managedSaveRemove')(uuid);
        expect(await domains.lookupByUuid(uuid)).toMatchObject({ hasManagedSave: false });
      });

      it('keeps a paused domain paused', async ({ skip }) => {
        if (!can('managedSave')) skip();
        const { uuid } = await startNew();
        await need(domains, 'suspend')(uuid);
        await need(domains, 'managedSave')(uuid).result;
        expect(await start(uuid)).toMatchObject({ state: 'paused' });
      });

      it('is refused for a transient domain, which goes on running', async ({ skip }) => {
        if (!can('managedSave')) skip();
        const { uuid } = await need(domains, 'createXml')(contract.xml({ name: freshName() }));
        await expect(need(domains, 'managedSave')(uuid).result).rejects.toEqual(code('operation-invalid'));
        expect(await domains.state(uuid)).toMatchObject({ state: 'running' });
      });
    });

    describe('a save to a file', () => {
      it('stops the domain and can be restored from', async ({ skip }) => {
        if (!can('save') || !can('restore')) skip();
        const path = join(folder, 'saved');
        const { uuid } = await startNew();
        await need(domains, 'save')(uuid, path).result;
        expect(statSync(path).mode & 0o077).toBe(0);
        expect(await domains.state(uuid)).toEqual({ state: 'shutoff', reason: 'saved' });
        const restored = await need(domains, 'restore')(path).result;
        expect(restored).toMatchObject({ uuid, state: 'running', reason: 'restored', persistent: true });
      });

      it('that fails leaves the domain running', async ({ skip }) => {
        if (!can('save')) skip();
        const { uuid } = await startNew();
        await expect(need(domains, 'save')(uuid, join(folder, 'no', 'such', 'folder')).result).rejects.toThrow();
        expect(await domains.state(uuid)).toMatchObject({ state: 'running' });
        await expect(need(domains, 'restore')(join(folder, 'none')).result).rejects.toThrow(/none/);
      });
    });

    describe('hardware', () => {
      it('comes and goes while it runs, in the configuration asked for', async ({ skip }) => {
        const { hotplug } = contract;
        if (hotplug === undefined || !can('attachDevice') || !can('detachDevice')) {
          skip();
          return;
        }
        const { uuid } = await startNew();
        await need(domains, 'attachDevice')(uuid, hotplug.xml, { live: true });
        expect(await domains.xml(uuid)).toContain(hotplug.mark);
        expect(await domains.xml(uuid, { inactive: true })).not.toContain(hotplug.mark);
        await need(domains, 'detachDevice')(uuid, hotplug.xml, { live: true });
        await until('the device is gone', async () => !(await domains.xml(uuid)).includes(hotplug.mark));
        await need(domains, 'attachDevice')(uuid, hotplug.xml, { config: true });
        expect(await domains.xml(uuid)).not.toContain(hotplug.mark);
        expect(await domains.xml(uuid, { inactive: true })).toContain(hotplug.mark);
        await need(domains, 'detachDevice')(uuid, hotplug.xml, { config: true });
        await expect(need(domains, 'detachDevice')(uuid, hotplug.xml, { config: true })).rejects.toEqual(
          code('device-missing'),
        );
      });

      it('has no more memory than its maximum, which changes only while it is off', async ({ skip }) => {
        if (!can('setMemory')) skip();
        const { uuid, maxMemoryKiB } = await define();
        const setMemory = need(domains, 'setMemory');
        await setMemory(uuid, maxMemoryKiB / 2, {});
        expect(await domains.lookupByUuid(uuid)).toMatchObject({ memoryKiB: maxMemoryKiB / 2, maxMemoryKiB });
        await expect(setMemory(uuid, maxMemoryKiB + 1024, {})).rejects.toEqual(code('invalid-arg'));
        await start(uuid);
        await expect(setMemory(uuid, maxMemoryKiB + 1024, { live: true, maximum: true })).rejects.toEqual(
          code('operation-invalid'),
        );
        await need(domains, 'destroy')(uuid);
        await setMemory(uuid, maxMemoryKiB + 1024, { maximum: true });
        expect((await domains.lookupByUuid(uuid)).maxMemoryKiB).toBe(maxMemoryKiB + 1024);
      });

      it('has no more vCPUs than its maximum', async ({ skip }) => {
        if (!can('setVcpus')) skip();
        const { uuid, maxVcpus } = await define();
        await expect(need(domains, 'setVcpus')(uuid, maxVcpus + 1, {})).rejects.toEqual(code('invalid-arg'));
        await need(domains, 'setVcpus')(uuid, maxVcpus + 2, { config: true, maximum: true });
        expect(await domains.lookupByUuid(uuid)).toMatchObject({ maxVcpus: maxVcpus + 2 });
      });

      it('changes live only while it runs', async ({ skip }) => {
        if (!can('setMemory')) skip();
        const { uuid, maxMemoryKiB } = await define();
        await expect(need(domains, 'setMemory')(uuid, maxMemoryKiB, { live: true })).rejects.toEqual(
          code('operation-invalid'),
        );
      });
    });

    describe('what a running domain shows', () => {
      it('is a picture of its screen', async ({ skip }) => {
        if (!can('screenshot')) skip();
        const { uuid } = await startNew({
          devices: "<graphics type='vnc' port='-1' autoport='yes'/><video><model type='vga'/></video>",
        });
        const picture = await need(domains, 'screenshot')(uuid);
        expect(Buffer.from(picture.subarray(0, 8)).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
        await need(domains, 'destroy')(uuid);
        await expect(need(domains, 'screenshot')(uuid)).rejects.toEqual(code('operation-invalid'));
      });

      it('is figures that only grow', async ({ skip }) => {
        if (!can('stats')) skip();
        const { uuid, name } = await startNew();
        const read = async () => (await need(domains, 'stats')([uuid]))[0];
        const first = await read();
        await delay(50);
        const second = await read();
        expect(first).toMatchObject({ uuid, name, state: { state: 1, reason: 1 } });
        expect(second?.cpu?.timeNs).toBeGreaterThanOrEqual(first?.cpu?.timeNs ?? Infinity);
        await need(domains, 'destroy')(uuid);
        expect(await read()).toMatchObject({ state: { state: 5, reason: 2 } });
      });

      it('is a console for one at a time', async ({ skip }) => {
        if (!can('openConsole') || !can('consoles')) skip();
        const { uuid } = await startNew();
        expect((await need(domains, 'consoles')(uuid)).map(({ kind }) => kind)).toContain('serial');
        const open = need(domains, 'openConsole');
        const first = await open(uuid, undefined);
        await expect(open(uuid, undefined)).rejects.toEqual(code('operation-failed'));
        const second = await open(uuid, undefined, { force: true });
        await until('the first holder is told', () => first.output.destroyed || first.output.readableEnded);
        second.close();
        await delay(20);
        (await open(uuid, undefined)).close();
      });
    });
  });
}
