/** The domains of a QEMU connection: what the table does for every driver, and what only QEMU can do. */
import type { CardConditions, LinkConditions } from '../../../src-shared/model/link-conditions.ts';
import type { DomainSummary, StateAndReason } from '../../../src-shared/model/summary.ts';
import type {
  Affects,
  Author,
  BlockInfo,
  BlockLimits,
  ConsoleEndpoint,
  ConsoleStream,
  DomainApi,
  GuestEnd,
  HistoryEntry,
  InterfaceAddresses,
  MetadataSelector,
  ShutdownMode,
  StartOptions,
  UndefineOptions,
  XmlOptions,
} from '../../engine/driver.ts';
import type { DomainStats, StatsGroup } from '../../engine/stats.ts';
import type { Job } from '../../engine/jobs.ts';
import type { GuestContext } from './guests/context.ts';
import { linkConditions, setLinkConditions } from './hotplug/conditions.ts';
import { HotPlug } from './hotplug/devices.ts';
import { setBlockLimits, setLifecycleAction } from './hotplug/limits.ts';
import { setMemory, setVcpus } from './hotplug/processors-and-memory.ts';
import type { DefinitionEnvironment } from './passes/index.ts';
import { destroyGuest, rebootGuest, resetGuest, resumeGuest, shutdownGuest, suspendGuest } from './lifecycle/power.ts';
import { startGuest } from './lifecycle/start.ts';
import { managedSavePath, removeManagedSave, restoreGuest, saveGuest, startFromManagedSave } from './save/save.ts';
import { managedSaveXml, savedXml } from './save/saved-xml.ts';
import { guestAddresses } from './observe/addresses.ts';
import { consoleEndpoints, openConsole, spiceInUse } from './observe/consoles.ts';
import { blockInfo, blockResize } from './observe/block-info.ts';
import { injectNmi, sendKey } from './observe/keys.ts';
import { agentCommand, monitorCommand } from './observe/passthrough.ts';
import { screenshot } from './observe/screenshot.ts';
import { guestStats } from './observe/stats.ts';
import { GuestLog } from './process/guest-log.ts';

const defaultTailBytes = 64 * 1024;

export class QemuDomains implements DomainApi {
  readonly #context: GuestContext;
  readonly #hotPlug: HotPlug;

  constructor(context: GuestContext, environment: DefinitionEnvironment) {
    this.#context = context;
    this.#hotPlug = new HotPlug(context, environment);
  }

  async list(): Promise<readonly DomainSummary[]> {
    return await Promise.resolve(this.#context.table.list());
  }

  async lookupByUuid(uuid: string): Promise<DomainSummary> {
    return await Promise.resolve(this.#context.table.summary(uuid));
  }

  async lookupByName(name: string): Promise<DomainSummary> {
    return await Promise.resolve(this.#context.table.summaryByName(name));
  }

  async lookupById(id: number): Promise<DomainSummary> {
    return await Promise.resolve(this.#context.table.summaryById(id));
  }

  async xml(uuid: string, options?: XmlOptions): Promise<string> {
    return await Promise.resolve(this.#context.table.xml(uuid, options));
  }

  async state(uuid: string): Promise<StateAndReason> {
    return await Promise.resolve(this.#context.table.get(uuid).state);
  }

  // Definitions.

  async define(xml: string, options?: Author): Promise<DomainSummary> {
    return await this.#context.table.define(xml, options);
  }

  async undefine(uuid: string, options?: UndefineOptions): Promise<void> {
    await this.#context.table.undefine(uuid, options);
  }

  async rename(uuid: string, name: string): Promise<DomainSummary> {
    return await this.#context.table.rename(uuid, name);
  }

  async setAutostart(uuid: string, autostart: boolean): Promise<void> {
    await this.#context.table.setAutostart(uuid, autostart);
  }

  async metadata(uuid: string, what: MetadataSelector, affects: Affects): Promise<string> {
    return await Promise.resolve(this.#context.table.metadata(uuid, what, affects));
  }

  async setMetadata(uuid: string, what: MetadataSelector, value: string | undefined, affects: Affects): Promise<void> {
    await this.#context.table.setMetadata(uuid, what, value, affects);
  }

  async history(uuid: string): Promise<readonly HistoryEntry[]> {
    return await Promise.resolve(this.#context.table.history(uuid));
  }

  async historyXml(uuid: string, entry: string): Promise<string> {
    return await Promise.resolve(this.#context.table.historyXml(uuid, entry));
  }

  // Running.

  async createXml(xml: string, options: StartOptions = {}): Promise<DomainSummary> {
    const context = this.#context;
    const domain = await context.table.read(xml, 'start');
    return await context.table.createXml(domain, 'create', async (record, completed) => {
      await startGuest(context, record, completed, {
        paused: options.paused === true,
        autodestroy: options.autodestroy === true,
        once: true,
      });
    });
  }

  async start(uuid: string, options: StartOptions = {}): Promise<DomainSummary> {
    const context = this.#context;
    return await context.table.modify(uuid, 'start', async (record) => {
      context.table.requireInactive(record);
      const { config } = record;
      if (config === undefined) throw context.table.errors.transientHasNoConfig(record.name);
      const how = { paused: options.paused === true, autodestroy: options.autodestroy === true };
      if (options.forceBoot === true) await removeManagedSave(context, record);
      else if (await startFromManagedSave(context, record, how)) return context.table.summary(uuid);
      await startGuest(context, record, config, { ...how, once: false });
      return context.table.summary(uuid);
    });
  }

  async shutdown(uuid: string, modes?: readonly ShutdownMode[]): Promise<void> {
    await shutdownGuest(this.#context, uuid, modes);
  }

  async reboot(uuid: string, modes?: readonly ShutdownMode[]): Promise<void> {
    await rebootGuest(this.#context, uuid, modes);
  }

  async reset(uuid: string): Promise<void> {
    await resetGuest(this.#context, uuid);
  }

  async destroy(uuid: string, options?: { readonly graceful?: boolean }): Promise<void> {
    await destroyGuest(this.#context, uuid, options);
  }

  async suspend(uuid: string): Promise<void> {
    await suspendGuest(this.#context, uuid);
  }

  async resume(uuid: string): Promise<void> {
    await resumeGuest(this.#context, uuid);
  }

  save(uuid: string, path: string, options?: { readonly running?: boolean }): Job<void> {
    return saveGuest(this.#context, uuid, path, options);
  }

  restore(path: string, options?: { readonly xml?: string; readonly running?: boolean }): Job<DomainSummary> {
    return restoreGuest(this.#context, path, options);
  }

  managedSave(uuid: string, options: { readonly running?: boolean } = {}): Job<void> {
    const path = managedSavePath(this.#context, this.#context.table.get(uuid).name);
    return saveGuest(this.#context, uuid, path, { ...options, managed: true });
  }

  async managedSaveRemove(uuid: string): Promise<void> {
    await this.#context.table.modify(uuid, 'managedSaveRemove', (record) => removeManagedSave(this.#context, record));
  }

  async saveImageXml(path: string, options?: { readonly secure?: boolean }): Promise<string> {
    return await savedXml(path, options?.secure === true);
  }

  async managedSaveXml(uuid: string, options?: { readonly secure?: boolean }): Promise<string> {
    return await managedSaveXml(this.#context, uuid, options?.secure === true);
  }

  async attachDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    await this.#hotPlug.attach(uuid, deviceXml, affects);
  }

  async detachDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    await this.#hotPlug.detach(uuid, deviceXml, affects);
  }

  async updateDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    await this.#hotPlug.update(uuid, deviceXml, affects);
  }

  async setMemory(uuid: string, kiB: number, affects: Affects & { readonly maximum?: boolean }): Promise<void> {
    await setMemory(this.#context, uuid, kiB, affects);
  }

  async setVcpus(
    uuid: string,
    count: number,
    affects: Affects & { readonly maximum?: boolean; readonly guest?: boolean },
  ): Promise<void> {
    await setVcpus(this.#context, uuid, count, affects);
  }

  async screenshot(uuid: string, screen?: number): Promise<Uint8Array> {
    return await screenshot(this.#context, uuid, screen);
  }

  async sendKey(uuid: string, codeset: string, codes: readonly number[], holdMs?: number): Promise<void> {
    await sendKey(this.#context, uuid, codeset, codes, holdMs);
  }

  async consoles(uuid: string): Promise<readonly ConsoleEndpoint[]> {
    return await Promise.resolve(consoleEndpoints(this.#context.table.get(uuid)));
  }

  async spiceInUse(uuid: string): Promise<boolean> {
    return await spiceInUse(this.#context, uuid);
  }

  async openConsole(
    uuid: string,
    alias: string | undefined,
    options: { readonly force?: boolean } = {},
  ): Promise<ConsoleStream> {
    return await openConsole(this.#context, uuid, alias, options.force === true);
  }

  async stats(uuids?: readonly string[], groups?: readonly StatsGroup[]): Promise<readonly DomainStats[]> {
    return await guestStats(this.#context, uuids, groups);
  }

  async blockInfo(uuid: string, disk: string): Promise<BlockInfo> {
    return await blockInfo(this.#context, uuid, disk);
  }

  async blockResize(uuid: string, disk: string, capacityBytes: number): Promise<void> {
    await blockResize(this.#context, uuid, disk, capacityBytes);
  }

  async setBlockLimits(uuid: string, disk: string, limits: BlockLimits, affects: Affects): Promise<void> {
    await setBlockLimits(this.#context, uuid, disk, limits, affects);
  }

  async linkConditions(uuid: string): Promise<readonly CardConditions[]> {
    return await Promise.resolve(linkConditions(this.#context, uuid));
  }

  async setLinkConditions(
    uuid: string,
    card: string,
    conditions: LinkConditions | undefined,
    affects: Affects,
  ): Promise<void> {
    await setLinkConditions(this.#context, uuid, card, conditions, affects);
  }

  async setLifecycleAction(uuid: string, event: GuestEnd, action: string, affects: Affects): Promise<void> {
    await setLifecycleAction(this.#context, uuid, event, action, affects);
  }

  async injectNmi(uuid: string): Promise<void> {
    await injectNmi(this.#context, uuid);
  }

  async addresses(uuid: string, source: 'agent' | 'lease' | 'arp'): Promise<readonly InterfaceAddresses[]> {
    return await guestAddresses(this.#context, uuid, source);
  }

  async agentCommand(uuid: string, command: string, timeoutMs?: number): Promise<string> {
    return await agentCommand(this.#context, uuid, command, timeoutMs);
  }

  async monitorCommand(uuid: string, command: string, human?: boolean): Promise<string> {
    return await monitorCommand(this.#context, uuid, command, human === true);
  }

  async log(uuid: string, options: { readonly tailBytes?: number } = {}): Promise<string> {
    const { name } = this.#context.table.get(uuid);
    const log = new GuestLog(this.#context.folders.logs, name);
    return await Promise.resolve(log.tail(options.tailBytes ?? defaultTailBytes));
  }
}
