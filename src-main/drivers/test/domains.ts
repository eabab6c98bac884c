/**
 * Domains that only pretend to run, with the behaviour and the events of libvirt's QEMU driver. Nothing here touches the
 * host, so this is where the contract of a driver can be read and tried.
 */
import { type Codeset, qcodeOf } from '../../../src-shared/keycodes.ts';
import { formatDomain } from '../../../src-shared/model/domain/index.ts';
import type { DomainSummary, StateAndReason } from '../../../src-shared/model/summary.ts';
import { say } from '../../../src-shared/words.ts';
import type { DomainTable } from '../../engine/domain-table.ts';
import type {
  Affects,
  Author,
  ConsoleEndpoint,
  ConsoleStream,
  DomainApi,
  InterfaceAddresses,
  MetadataSelector,
  StartOptions,
  UndefineOptions,
  XmlOptions,
} from '../../engine/driver.ts';
import type { Job } from '../../engine/jobs.ts';
import type { DomainStats } from '../../engine/stats.ts';
import { addressesOf } from './addresses.ts';
import { answer } from './answer.ts';
import { figures } from './figures.ts';
import type { GuestRecord, Guests, Runtime } from './guests.ts';
import { Hardware } from './hardware.ts';
import { readSaveImage, writeSaveImage } from './save-image.ts';
import { screenshot } from './screen.ts';
import { consolesOf, openConsole } from './serial.ts';

export class TestDomains implements DomainApi {
  readonly #guests: Guests;
  readonly #table: DomainTable<Runtime>;
  readonly #hardware: Hardware;

  constructor(guests: Guests) {
    this.#guests = guests;
    this.#table = guests.table;
    this.#hardware = new Hardware(guests.table);
  }

  async list(): Promise<readonly DomainSummary[]> {
    return await answer(() => this.#table.list());
  }

  async lookupByUuid(uuid: string): Promise<DomainSummary> {
    return await answer(() => this.#table.summary(uuid));
  }

  async lookupByName(name: string): Promise<DomainSummary> {
    return await answer(() => this.#table.summaryByName(name));
  }

  async lookupById(id: number): Promise<DomainSummary> {
    return await answer(() => this.#table.summaryById(id));
  }

  async xml(uuid: string, options?: XmlOptions): Promise<string> {
    return await answer(() => this.#table.xml(uuid, options));
  }

  async state(uuid: string): Promise<StateAndReason> {
    return await answer(() => this.#table.get(uuid).state);
  }

  async define(xml: string, options: Author = {}): Promise<DomainSummary> {
    return await this.#table.define(xml, options);
  }

  async undefine(uuid: string, options?: UndefineOptions): Promise<void> {
    await this.#table.undefine(uuid, options);
  }

  async createXml(xml: string, options: StartOptions = {}): Promise<DomainSummary> {
    const domain = await this.#table.read(xml, 'start');
    return await this.#table.createXml(domain, 'createXml', async (record) => {
      await answer(() => this.#guests.launch(record, domain, options, true));
    });
  }

  async start(uuid: string, options: StartOptions = {}): Promise<DomainSummary> {
    return await this.#table.modify(uuid, 'start', async (record) => {
      await answer(() => this.#guests.start(record, options));
      return this.#table.summary(record.uuid);
    });
  }

  async shutdown(uuid: string): Promise<void> {
    await this.#table.modify(uuid, 'shutdown', async (record) => {
      await answer(() => this.#guests.askToPowerOff(record));
    });
  }

  async reboot(uuid: string): Promise<void> {
    await this.#table.modify(uuid, 'reboot', async (record) => {
      await answer(() => this.#guests.askToReboot(record));
    });
  }

  async reset(uuid: string): Promise<void> {
    await this.#table.modify(uuid, 'reset', async (record) => {
      this.#table.requireActive(record);
      await answer(() => this.#table.announce(record, { kind: 'reboot' }));
    });
  }

  async destroy(uuid: string): Promise<void> {
    const destroy = async (): Promise<void> => {
      const record = this.#table.get(uuid);
      this.#table.requireActive(record);
      await answer(() => this.#guests.stop(record, 'destroyed'));
    };
    await this.#table.modify(uuid, 'destroy', destroy, { kind: 'destroy' });
  }

  async suspend(uuid: string): Promise<void> {
    await this.#table.modify(uuid, 'suspend', async (record) => {
      await answer(() => this.#guests.pause(record));
    });
  }

  async resume(uuid: string): Promise<void> {
    await this.#table.modify(uuid, 'resume', async (record) => {
      await answer(() => this.#guests.resume(record));
    });
  }

  async rename(uuid: string, name: string): Promise<DomainSummary> {
    return await this.#table.rename(uuid, name);
  }

  async setAutostart(uuid: string, autostart: boolean): Promise<void> {
    await this.#table.setAutostart(uuid, autostart);
  }

  save(uuid: string, path: string): Job<void> {
    return this.#guests.saving(
      uuid,
      'domain.save',
      () => undefined,
      async (record) => {
        await writeSaveImage(path, formatDomain(record.current));
      },
    );
  }

  managedSave(uuid: string, options: { readonly running?: boolean } = {}): Job<void> {
    const { errors } = this.#table;
    const refuse = (record: GuestRecord): void => {
      if (record.persistent) return;
      throw errors.error('operation-invalid', say`cannot do managed save for transient domain '${record.name}'`);
    };
    return this.#guests.saving(uuid, 'domain.managed-save', refuse, async (record, wasPaused) => {
      await answer(() => this.#guests.keepSave(record, options.running === undefined ? wasPaused : !options.running));
    });
  }

  async managedSaveRemove(uuid: string): Promise<void> {
    await this.#table.modify(uuid, 'managedSaveRemove', async (record) => {
      await answer(() => this.#guests.forgetSave(record));
    });
  }

  restore(path: string, options: { readonly xml?: string; readonly running?: boolean } = {}): Job<DomainSummary> {
    return this.#guests.restoring(
      path,
      async () => options.xml ?? (await readSaveImage(path)),
      options.running === false,
    );
  }

  async attachDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    await this.#hardware.attachDevice(uuid, deviceXml, affects);
  }

  async detachDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    await this.#hardware.detachDevice(uuid, deviceXml, affects);
  }

  async updateDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    await this.#hardware.updateDevice(uuid, deviceXml, affects);
  }

  async setMemory(uuid: string, kiB: number, affects: Affects & { readonly maximum?: boolean }): Promise<void> {
    await this.#hardware.setMemory(uuid, kiB, affects);
  }

  async setVcpus(uuid: string, count: number, affects: Affects & { readonly maximum?: boolean }): Promise<void> {
    await this.#hardware.setVcpus(uuid, count, affects);
  }

  async setMetadata(uuid: string, what: MetadataSelector, value: string | undefined, affects: Affects): Promise<void> {
    await this.#table.setMetadata(uuid, what, value, affects);
  }

  async metadata(uuid: string, what: MetadataSelector, affects: Affects): Promise<string> {
    return await answer(() => this.#table.metadata(uuid, what, affects));
  }

  async screenshot(uuid: string): Promise<Uint8Array> {
    const record = this.#table.get(uuid);
    const { clock } = this.#table.requireActive(record);
    return await answer(() => screenshot(record.uuid, clock.seconds));
  }

  async sendKey(uuid: string, codeset: string, codes: readonly number[]): Promise<void> {
    await answer(() => {
      this.#table.requireActive(this.#table.get(uuid));
      const unknown = codes.find((code) => qcodeOf(codeset as Codeset, code) === undefined);
      if (unknown === undefined) return;
      throw this.#table.errors.error('invalid-arg', say`There is no key ${unknown} in the code set '${codeset}'.`);
    });
  }

  async consoles(uuid: string): Promise<readonly ConsoleEndpoint[]> {
    return await answer(() => consolesOf(this.#table.get(uuid).current));
  }

  async openConsole(
    uuid: string,
    alias: string | undefined,
    options: { readonly force?: boolean } = {},
  ): Promise<ConsoleStream> {
    return await answer(() => openConsole(this.#table, this.#table.get(uuid), alias, options.force === true));
  }

  async stats(uuids?: readonly string[]): Promise<readonly DomainStats[]> {
    const records = uuids === undefined ? this.#table.records() : uuids.map((uuid) => this.#table.get(uuid));
    return await answer(() =>
      records.map((record) => {
        const { runtime, uuid, current, state } = record;
        if (runtime !== undefined) return figures(uuid, current, state, runtime.clock.seconds);
        const { name, state: numbers } = figures(uuid, current, state, 0);
        return { uuid, name, state: numbers };
      }),
    );
  }

  async addresses(uuid: string): Promise<readonly InterfaceAddresses[]> {
    return await answer(() => {
      const record = this.#table.get(uuid);
      this.#table.requireActive(record);
      return addressesOf(record.current, record.id ?? 0);
    });
  }

  async log(uuid: string): Promise<string> {
    return await answer(() => this.#guests.log(this.#table.get(uuid).uuid));
  }
}
