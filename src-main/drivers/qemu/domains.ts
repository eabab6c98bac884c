/** The domains of a QEMU connection: what the table does for every driver, and what only QEMU can do. */
import { VirError } from '../../../src-shared/errors.ts';
import type { DomainSummary, StateAndReason } from '../../../src-shared/model/summary.ts';
import type {
  Affects,
  Author,
  DomainApi,
  HistoryEntry,
  MetadataSelector,
  ShutdownMode,
  StartOptions,
  UndefineOptions,
  XmlOptions,
} from '../../engine/driver.ts';
import type { GuestContext } from './guests/context.ts';
import { destroyGuest, rebootGuest, resetGuest, resumeGuest, shutdownGuest, suspendGuest } from './lifecycle/power.ts';
import { startGuest } from './lifecycle/start.ts';
import { GuestLog } from './process/guest-log.ts';

const defaultTailBytes = 64 * 1024;

export class QemuDomains implements DomainApi {
  readonly #context: GuestContext;

  constructor(context: GuestContext) {
    this.#context = context;
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
      if (config === undefined) throw new VirError({ code: 'operation-invalid', domain: 'qemu', message: 'gone' });
      await startGuest(context, record, config, {
        paused: options.paused === true,
        autodestroy: options.autodestroy === true,
        once: false,
      });
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

  async log(uuid: string, options: { readonly tailBytes?: number } = {}): Promise<string> {
    const { name } = this.#context.table.get(uuid);
    const log = new GuestLog(this.#context.folders.logs, name);
    return await Promise.resolve(log.tail(options.tailBytes ?? defaultTailBytes));
  }
}
