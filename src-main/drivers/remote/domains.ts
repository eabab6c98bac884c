/** Domains of the server: every verb is one of its calls. */
import type { DomainSummary, StateAndReason } from '../../../src-shared/model/summary.ts';
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type {
  Affects,
  Author,
  BlockInfo,
  BlockLimits,
  ConsoleEndpoint,
  ConsoleStream,
  DomainApi,
  GuestEnd,
  InterfaceAddresses,
  MetadataSelector,
  ShutdownMode,
  StartOptions,
  UndefineOptions,
  XmlOptions,
} from '../../engine/driver.ts';
import type { Job } from '../../engine/jobs.ts';
import type { DomainStats, StatsGroup } from '../../engine/stats.ts';
import type { DomainReference, TypedParam } from '../../rpc/protocol/objects.ts';
import { consoleEndpoints, openConsole } from './consoles.ts';
import { affectsFlags, bits, shutdownFlags, startFlags, undefineFlags, xmlFlags } from './flags.ts';
import type { Forwards } from './forwards.ts';
import type { Inventory } from './inventory.ts';
import { stateOf } from './known-domain.ts';
import type { Link } from './link.ts';
import { DomainSaves, type SaveParts } from './saves.ts';
import { takeScreenshot } from './screenshot.ts';
import { readStats, statsFlags } from './stats.ts';

/** Starting may wait for firmware, storage and the hypervisor. */
const startTimeoutMs = 5 * 60_000;
/** `VIR_DOMAIN_DEFINE_VALIDATE`. */
const defineValidate = 1;
/** `virDomainMetadataType`. */
const metadataTypes = { description: 0, title: 1, element: 2 } as const;
/** `virKeycodeSet`, by the names `virsh` has for them. */
const codesets = ['linux', 'xt', 'atset1', 'atset2', 'atset3', 'os_x', 'xt_kbd', 'usb', 'win32', 'qnum'];
/** `virDomainLifecycle` and `virDomainLifecycleAction`. */
const guestEnds: readonly GuestEnd[] = ['poweroff', 'reboot', 'crash'];
const lifecycleActions = ['destroy', 'restart', 'rename-restart', 'preserve', 'coredump-destroy', 'coredump-restart'];
/** `VIR_DOMAIN_BLOCK_RESIZE_BYTES`. */
const resizeInBytes = 1;
/** `virDomainInterfaceAddressesSource`. */
const addressSources = { lease: 0, agent: 1, arp: 2 } as const;

export class RemoteDomains implements DomainApi {
  readonly #link: Link;
  readonly #inventory: Inventory;
  readonly #saves: DomainSaves;
  readonly #forwards: Forwards;

  constructor(parts: SaveParts, forwards: Forwards) {
    this.#forwards = forwards;
    this.#link = parts.link;
    this.#inventory = parts.inventory;
    this.#saves = new DomainSaves(parts);
  }

  list(): Promise<readonly DomainSummary[]> {
    return this.#inventory.list();
  }

  known(): readonly DomainSummary[] | undefined {
    return this.#inventory.known();
  }

  lookupByUuid(uuid: string): Promise<DomainSummary> {
    return this.#inventory.look(uuid);
  }

  async lookupByName(name: string): Promise<DomainSummary> {
    return await this.#inventory.take((await this.#link.look('domainLookupByName', { name })).dom);
  }

  async lookupById(id: number): Promise<DomainSummary> {
    return await this.#inventory.take((await this.#link.look('domainLookupById', { id })).dom);
  }

  async xml(uuid: string, options: XmlOptions = {}): Promise<string> {
    return (await this.#link.look('domainGetXmlDesc', { dom: this.#dom(uuid), flags: xmlFlags(options) })).xml;
  }

  async state(uuid: string): Promise<StateAndReason> {
    const { state, reason } = await this.#link.look('domainGetState', { dom: this.#dom(uuid), flags: 0 });
    return stateOf(state, reason);
  }

  async define(xml: string, options: Author & { readonly validate?: boolean } = {}): Promise<DomainSummary> {
    const flags = options.validate === true ? defineValidate : 0;
    const answer =
      flags === 0
        ? await this.#link.call('domainDefineXml', { xml }, { timeoutMs: startTimeoutMs })
        : await this.#link.call('domainDefineXmlFlags', { xml, flags }, { timeoutMs: startTimeoutMs });
    return await this.#inventory.take(answer.dom);
  }

  async undefine(uuid: string, options: UndefineOptions = {}): Promise<void> {
    await this.#link.call('domainUndefineFlags', { dom: this.#dom(uuid), flags: undefineFlags(options) });
    await this.#inventory.seen(uuid);
  }

  async createXml(xml: string, options: StartOptions = {}): Promise<DomainSummary> {
    const args = { xmlDesc: xml, flags: startFlags(options) };
    const { dom } = await this.#link.call('domainCreateXml', args, { timeoutMs: startTimeoutMs });
    return await this.#inventory.take(dom);
  }

  async start(uuid: string, options: StartOptions = {}): Promise<DomainSummary> {
    const args = { dom: this.#dom(uuid), flags: startFlags(options) };
    const { dom } = await this.#link.call('domainCreateWithFlags', args, { timeoutMs: startTimeoutMs });
    return await this.#inventory.take(dom);
  }

  async shutdown(uuid: string, modes?: readonly ShutdownMode[]): Promise<void> {
    await this.#link.call('domainShutdownFlags', { dom: this.#dom(uuid), flags: shutdownFlags(modes) });
  }

  async reboot(uuid: string, modes?: readonly ShutdownMode[]): Promise<void> {
    await this.#link.call('domainReboot', { dom: this.#dom(uuid), flags: shutdownFlags(modes) });
  }

  async reset(uuid: string): Promise<void> {
    await this.#link.call('domainReset', { dom: this.#dom(uuid), flags: 0 });
  }

  async destroy(uuid: string, options: { readonly graceful?: boolean } = {}): Promise<void> {
    const flags = bits([1, options.graceful]);
    await this.#link.call('domainDestroyFlags', { dom: this.#dom(uuid), flags });
    await this.#inventory.seen(uuid);
  }

  async suspend(uuid: string): Promise<void> {
    await this.#link.call('domainSuspend', { dom: this.#dom(uuid) });
    await this.#inventory.seen(uuid);
  }

  async resume(uuid: string): Promise<void> {
    await this.#link.call('domainResume', { dom: this.#dom(uuid) });
    await this.#inventory.seen(uuid);
  }

  async rename(uuid: string, newName: string): Promise<DomainSummary> {
    await this.#link.call('domainRename', { dom: this.#dom(uuid), newName, flags: 0 });
    return await this.#inventory.look(uuid);
  }

  async setAutostart(uuid: string, autostart: boolean): Promise<void> {
    await this.#link.call('domainSetAutostart', { dom: this.#dom(uuid), autostart });
    await this.#inventory.seen(uuid);
  }

  save(uuid: string, path: string, options?: { readonly running?: boolean }): Job<void> {
    return this.#saves.save(uuid, path, options);
  }

  managedSave(uuid: string, options?: { readonly running?: boolean }): Job<void> {
    return this.#saves.managedSave(uuid, options);
  }

  restore(path: string, options?: { readonly xml?: string; readonly running?: boolean }): Job<DomainSummary> {
    return this.#saves.restore(path, options);
  }

  async saveImageXml(file: string, options: { readonly secure?: boolean } = {}): Promise<string> {
    const flags = bits([1, options.secure]);
    return (await this.#link.call('domainSaveImageGetXmlDesc', { file, flags })).xml;
  }

  async managedSaveXml(uuid: string, options: { readonly secure?: boolean } = {}): Promise<string> {
    const flags = bits([1, options.secure]);
    return (await this.#link.call('domainManagedSaveGetXmlDesc', { dom: this.#dom(uuid), flags })).xml;
  }

  async managedSaveRemove(uuid: string): Promise<void> {
    await this.#link.call('domainManagedSaveRemove', { dom: this.#dom(uuid), flags: 0 });
    await this.#inventory.seen(uuid);
  }

  async attachDevice(uuid: string, xml: string, affects: Affects): Promise<void> {
    await this.#link.call('domainAttachDeviceFlags', { dom: this.#dom(uuid), xml, flags: affectsFlags(affects) });
    this.#inventory.lookSoon(uuid);
  }

  async detachDevice(uuid: string, xml: string, affects: Affects): Promise<void> {
    await this.#link.call('domainDetachDeviceFlags', { dom: this.#dom(uuid), xml, flags: affectsFlags(affects) });
    this.#inventory.lookSoon(uuid);
  }

  async updateDevice(uuid: string, xml: string, affects: Affects): Promise<void> {
    await this.#link.call('domainUpdateDeviceFlags', { dom: this.#dom(uuid), xml, flags: affectsFlags(affects) });
    this.#inventory.lookSoon(uuid);
  }

  async setMemory(uuid: string, kiB: number, affects: Affects & { readonly maximum?: boolean }): Promise<void> {
    const flags = affectsFlags(affects) | bits([4, affects.maximum]);
    await this.#link.call('domainSetMemoryFlags', { dom: this.#dom(uuid), memory: BigInt(kiB), flags });
    this.#inventory.lookSoon(uuid);
  }

  async setVcpus(
    uuid: string,
    count: number,
    affects: Affects & { readonly maximum?: boolean; readonly guest?: boolean },
  ): Promise<void> {
    const flags = affectsFlags(affects) | bits([4, affects.maximum], [8, affects.guest]);
    await this.#link.call('domainSetVcpusFlags', { dom: this.#dom(uuid), nvcpus: count, flags });
    this.#inventory.lookSoon(uuid);
  }

  async setMetadata(uuid: string, what: MetadataSelector, value: string | undefined, affects: Affects): Promise<void> {
    const { uri, prefix } = what.type === 'element' ? what : {};
    await this.#link.call('domainSetMetadata', {
      dom: this.#dom(uuid),
      type: metadataTypes[what.type],
      metadata: value,
      key: value === undefined ? undefined : prefix,
      uri,
      flags: affectsFlags(affects),
    });
    this.#inventory.lookSoon(uuid);
  }

  async metadata(uuid: string, what: MetadataSelector, affects: Affects): Promise<string> {
    const uri = what.type === 'element' ? what.uri : undefined;
    const args = { dom: this.#dom(uuid), type: metadataTypes[what.type], uri, flags: affectsFlags(affects) };
    return (await this.#link.call('domainGetMetadata', args)).metadata;
  }

  screenshot(uuid: string, screen = 0): Promise<Uint8Array> {
    return takeScreenshot(this.#link, this.#dom(uuid), screen);
  }

  async sendKey(uuid: string, codeset: string, codes: readonly number[], holdMs = 0): Promise<void> {
    const number = codesets.indexOf(codeset);
    if (number < 0) {
      throw new VirError({ code: 'invalid-arg', domain: 'remote', message: say`There is no code set '${codeset}'.` });
    }
    const dom = this.#dom(uuid);
    await this.#link.call('domainSendKey', { dom, codeset: number, holdtime: holdMs, keycodes: codes, flags: 0 });
  }

  async consoles(uuid: string): Promise<readonly ConsoleEndpoint[]> {
    return await consoleEndpoints(await this.xml(uuid, { secure: true }), this.#link.uri, this.#forwards);
  }

  openConsole(
    uuid: string,
    alias: string | undefined,
    options: { readonly force?: boolean } = {},
  ): Promise<ConsoleStream> {
    return openConsole(this.#link, this.#dom(uuid), alias, options.force === true);
  }

  async stats(uuids?: readonly string[], groups?: readonly StatsGroup[]): Promise<readonly DomainStats[]> {
    // An empty list would mean all of them.
    if (uuids?.length === 0) return [];
    const args = { doms: (uuids ?? []).map((uuid) => this.#dom(uuid)), stats: statsFlags(groups), flags: 0 };
    return (await this.#link.call('connectGetAllDomainStats', args)).retStats.map(readStats);
  }

  async blockInfo(uuid: string, path: string): Promise<BlockInfo> {
    const found = await this.#link.call('domainGetBlockInfo', { dom: this.#dom(uuid), path, flags: 0 });
    return {
      capacityBytes: Number(found.capacity),
      allocationBytes: Number(found.allocation),
      physicalBytes: Number(found.physical),
    };
  }

  async blockResize(uuid: string, disk: string, capacityBytes: number): Promise<void> {
    const args = { dom: this.#dom(uuid), disk, size: BigInt(capacityBytes), flags: resizeInBytes };
    await this.#link.call('domainBlockResize', args);
  }

  async setBlockLimits(uuid: string, disk: string, limits: BlockLimits, affects: Affects): Promise<void> {
    const params = Object.entries(limits).map(
      ([field, value]): TypedParam => ({
        field,
        value: typeof value === 'string' ? { type: 'string', value } : { type: 'ullong', value: BigInt(value) },
      }),
    );
    await this.#link.call('domainSetBlockIoTune', { dom: this.#dom(uuid), disk, params, flags: affectsFlags(affects) });
    this.#inventory.lookSoon(uuid);
  }

  async setLifecycleAction(uuid: string, event: GuestEnd, action: string, affects: Affects): Promise<void> {
    const number = lifecycleActions.indexOf(action);
    if (number < 0) {
      throw new VirError({ code: 'invalid-arg', domain: 'remote', message: say`There is no action '${action}'.` });
    }
    await this.#link.call('domainSetLifecycleAction', {
      dom: this.#dom(uuid),
      type: guestEnds.indexOf(event),
      action: number,
      flags: affectsFlags(affects),
    });
    this.#inventory.lookSoon(uuid);
  }

  async injectNmi(uuid: string): Promise<void> {
    await this.#link.call('domainInjectNmi', { dom: this.#dom(uuid), flags: 0 });
  }

  async addresses(uuid: string, source: 'agent' | 'lease' | 'arp'): Promise<readonly InterfaceAddresses[]> {
    const args = { dom: this.#dom(uuid), source: addressSources[source], flags: 0 };
    const { ifaces } = await this.#link.call('domainInterfaceAddresses', args);
    return ifaces.map(({ name, hwaddr, addrs }) => ({
      name,
      mac: hwaddr ?? '',
      addresses: addrs.map(({ type, addr, prefix }) => ({
        family: type === 1 ? ('ipv6' as const) : ('ipv4' as const),
        address: addr,
        prefix,
      })),
    }));
  }

  async agentCommand(uuid: string, cmd: string, timeoutMs = 5_000): Promise<string> {
    const timeout = Math.ceil(timeoutMs / 1000);
    const args = { dom: this.#dom(uuid), cmd, timeout, flags: 0 };
    const answer = await this.#link.callQemu('domainAgentCommand', args, { timeoutMs: timeoutMs + 10_000 });
    return answer.result ?? '';
  }

  async monitorCommand(uuid: string, cmd: string, human = false): Promise<string> {
    return (await this.#link.callQemu('domainMonitorCommand', { dom: this.#dom(uuid), cmd, flags: bits([1, human]) }))
      .result;
  }

  #dom(uuid: string): DomainReference {
    return this.#inventory.reference(uuid);
  }
}
