/** Devices that come to, leave, or change in a running machine, and in its definition. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Disk, Domain, Graphics, Interface } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import {
  addDevice,
  findDevice,
  type ParsedDevice,
  parseDevice,
  removeDevice,
  replaceDevice,
} from '../../../engine/device-edit.ts';
import type { Affects } from '../../../engine/driver.ts';
import { bootIndexes } from '../command-line/boot.ts';
import { isEmptyDisk } from '../devices/block-names.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { recordStatus } from '../lifecycle/record-status.ts';
import type { DefinitionEnvironment } from '../passes/index.ts';
import type { CompleteDomain } from '../passes/types.ts';
import { resolveDisk } from '../process/disk-sources.ts';
import { blockHost, networkHost } from '../process/prepare-run.ts';
import { startHelper } from '../process/start-helper.ts';
import { preparePasst } from '../process/helpers.ts';
import { GuestLog } from '../process/guest-log.ts';
import { cableEnd, moveCable, plugCable } from './cables.ts';
import { changeForwards } from './forwards.ts';
import { completeDevice, inactiveDevice } from './complete-device.ts';
import { changeMedium } from './media.ts';
import { isPluggable, type PlugContext, plugSteps } from './plug-steps.ts';
import { runSteps, undoSteps } from './run-steps.ts';

/** libvirt's patience with a guest that is to let go of a device. */
const unplugTimeoutMs = 5_000;

export class HotPlug {
  readonly #context: GuestContext;
  readonly #environment: DefinitionEnvironment;

  constructor(context: GuestContext, environment: DefinitionEnvironment) {
    this.#context = context;
    this.#environment = environment;
  }

  async attach(uuid: string, xml: string, affects: Affects): Promise<void> {
    const wanted = parseDevice(xml);
    const { table } = this.#context;
    await table.modify(uuid, 'attachDevice', async (record) => {
      const { live, config } = table.targets(record, affects);
      // Both must be possible before one is done.
      if (config && record.config !== undefined) addDevice(record.config, wanted);
      const given = live ? await this.#attachLive(record, wanted) : wanted;
      if (config) await this.#addToDefinition(record, given);
    });
  }

  async detach(uuid: string, xml: string, affects: Affects): Promise<void> {
    const wanted = parseDevice(xml);
    const { table } = this.#context;
    await table.modify(uuid, 'detachDevice', async (record) => {
      const { live, config } = table.targets(record, affects);
      if (config && record.config !== undefined) findDevice(record.config, wanted);
      if (live) await this.#detachLive(record, wanted);
      if (config) await table.editConfig(record, (domain) => removeDevice(domain, wanted), { author: 'detachDevice' });
    });
  }

  async update(uuid: string, xml: string, affects: Affects): Promise<void> {
    const wanted = parseDevice(xml);
    const { table } = this.#context;
    await table.modify(uuid, 'updateDevice', async (record) => {
      const { live, config } = table.targets(record, affects);
      if (config && record.config !== undefined) findDevice(record.config, wanted);
      if (live) await this.#updateLive(record, wanted);
      if (config) {
        const change = (domain: Domain): Domain => replaceDevice(domain, wanted);
        await table.editConfig(record, change, { author: 'updateDevice', complete: true });
      }
    });
  }

  /** @returns the device as the definition may have it: with the place and the address it got. */
  async #attachLive(record: GuestRecord, wanted: ParsedDevice): Promise<ParsedDevice> {
    const { table } = this.#context;
    const instance = table.requireActive(record);
    const { live } = record;
    if (live === undefined) throw table.errors.notRunning(record.name);
    const capabilities = await this.#context.registry.get(instance.facts.emulator);
    const resolved = wanted.kind === 'disk' ? await resolveParsedDisk(wanted) : wanted;
    const completed = completeDevice(live, resolved, { capabilities, environment: this.#environment });
    const inactive = inactiveDevice(completed.domain, completed.device, wanted);
    const { domain, device, controllers, plug, unplug } = await plugCable(this.#context, record, instance, completed);
    const context = await this.#plugContext(domain, instance);
    if (device.kind === 'interface') await this.#startNetworkHelper(record, instance, device.device);
    const steps = [...controllers, device].flatMap((item) => plugSteps(item, context));
    await plug();
    try {
      await runSteps(this.#context, monitorOf(record), steps, `the <${device.kind}>`);
    } catch (thrown) {
      await unplug();
      throw thrown;
    }
    if (device.kind === 'interface' && device.device.link?.state === 'down') {
      await monitorOf(record).execute('set_link', { name: device.device.alias?.name, up: false });
    }
    this.#storeLive(record, instance, domain, (before) => addDevice(before, inactive));
    table.announce(record, { kind: 'device-added', alias: device.device.alias?.name ?? '' });
    return inactive;
  }

  async #detachLive(record: GuestRecord, wanted: ParsedDevice): Promise<void> {
    const { table } = this.#context;
    const instance = table.requireActive(record);
    const { live } = record;
    if (live === undefined) throw table.errors.notRunning(record.name);
    const item = { kind: wanted.kind, device: findDevice(live, wanted) };
    const alias = item.device.alias?.name;
    if (!isPluggable(item) || alias === undefined) {
      throw new VirError({
        code: 'operation-unsupported',
        domain: 'qemu',
        message: say`live detach of device '${wanted.kind}' is not supported`,
        fix: say`Change the definition; it takes effect at the next start.`,
      });
    }
    const steps = plugSteps(item, await this.#plugContext(live as CompleteDomain, instance));
    const forget = async (): Promise<void> => {
      await undoSteps(this.#context, monitorOf(record), steps);
      if (item.kind === 'interface') await this.#context.cables.unplugCard(record.uuid, item.device);
      const gone: ParsedDevice = { ...wanted, device: item.device };
      if (record.live === undefined) return;
      const without = removeDevice(record.live, gone);
      this.#storeLive(record, instance, without, (before) => removeFrom(before, gone));
      table.announce(record, { kind: 'device-removed', alias });
    };
    await this.#unplug(record, instance, alias, forget);
  }

  /** Asks the guest for the device, and waits until it has let go of it. */
  async #unplug(record: GuestRecord, instance: Instance, alias: string, forget: () => Promise<void>): Promise<void> {
    const answer = instance.nextEvent(
      ({ name, data }) =>
        data['device'] === alias && (name === 'DEVICE_DELETED' || name === 'DEVICE_UNPLUG_GUEST_ERROR'),
      unplugTimeoutMs,
    );
    await monitorOf(record).execute('device_del', { id: alias });
    const event = await answer;
    if (event?.name === 'DEVICE_DELETED') {
      await forget();
      return;
    }
    if (event?.name === 'DEVICE_UNPLUG_GUEST_ERROR') {
      throw new VirError({
        code: 'operation-failed',
        domain: 'qemu',
        message: say`The guest of domain '${record.name}' refused to let go of '${alias}'.`,
        fix: say`Stop using the device in the guest first.`,
      });
    }
    instance.unplugging.set(alias, forget);
    throw new VirError({
      code: 'operation-timeout',
      domain: 'qemu',
      message: say`The guest of domain '${record.name}' has not let go of '${alias}' within ${unplugTimeoutMs / 1000} s.`,
      cause: say`Its operating system has to agree; one that is still starting, or has none, does not answer.`,
      fix: say`It will be removed as soon as the guest lets go of it.`,
    });
  }

  async #updateLive(record: GuestRecord, wanted: ParsedDevice): Promise<void> {
    const { table } = this.#context;
    const instance = table.requireActive(record);
    const { live } = record;
    if (live === undefined) throw table.errors.notRunning(record.name);
    const before = findDevice(live, wanted);
    switch (wanted.kind) {
      case 'disk': {
        const after = { ...(await resolveParsedDisk(wanted)).device, alias: before.alias } as Disk;
        const context = await this.#plugContext(live as CompleteDomain, instance);
        const disk = await changeMedium(this.#context, record, instance, before as Disk, after, context.block);
        this.#replace(record, instance, wanted, disk);
        return;
      }
      case 'interface':
        await this.#updateCard(record, instance, wanted, before as Interface, wanted.device as Interface);
        return;
      case 'graphics':
        await this.#updateGraphics(record, instance, wanted, before as Graphics, wanted.device as Graphics);
        return;
      default:
        throw new VirError({
          code: 'operation-unsupported',
          domain: 'qemu',
          message: say`live update of device '${wanted.kind}' is not supported`,
          fix: say`Change the definition; it takes effect at the next start.`,
        });
    }
  }

  /** Where the cable leads, what may pass, and whether it is plugged in. */
  async #updateCard(
    record: GuestRecord,
    instance: Instance,
    wanted: ParsedDevice,
    before: Interface,
    after: Interface,
  ): Promise<void> {
    const moved = await moveCable(this.#context, record, instance, before, after);
    const forwarded = await changeForwards(monitorOf(record), moved ?? before, after);
    const isUp = after.link?.state !== 'down';
    await monitorOf(record).execute('set_link', { name: before.alias?.name, up: isUp });
    const { link: _link, ...rest } = forwarded;
    const card = (after.link === undefined ? rest : { ...rest, link: after.link }) as Interface;
    this.#replace(record, instance, wanted, card);
  }

  /** The password of a display and how long it is good. */
  async #updateGraphics(
    record: GuestRecord,
    instance: Instance,
    wanted: ParsedDevice,
    before: Graphics,
    after: Graphics,
  ): Promise<void> {
    if ((after.type !== 'vnc' && after.type !== 'spice') || before.type !== after.type) {
      throw new VirError({
        code: 'operation-unsupported',
        domain: 'qemu',
        message: say`The display of domain '${record.name}' can't be changed into another while it runs.`,
      });
    }
    if (after.passwd === undefined || !('passwd' in before)) {
      throw new VirError({
        code: 'operation-unsupported',
        domain: 'qemu',
        message: say`Only the password of a display that has one can be changed while it runs.`,
        fix: say`Change the definition; it takes effect at the next start.`,
      });
    }
    const protocol = after.type;
    await monitorOf(record).execute('set_password', { protocol, password: after.passwd });
    const { passwd, passwdValidTo } = after;
    const time = passwdValidTo === undefined ? 'never' : String(Math.floor(Date.parse(`${passwdValidTo}Z`) / 1000));
    await monitorOf(record).execute('expire_password', { protocol, time });
    this.#replace(record, instance, wanted, { ...before, passwd });
  }

  #replace(record: GuestRecord, instance: Instance, wanted: ParsedDevice, device: object): void {
    const replacement: ParsedDevice = { ...wanted, device };
    if (record.live === undefined) return;
    const next = replaceDevice(record.live, replacement);
    this.#storeLive(record, instance, next, (before) => replaceDevice(before, wanted));
  }

  /** The live definition, and with it what waiting changes are compared with. */
  #storeLive(record: GuestRecord, instance: Instance, next: Domain, same: (before: Domain) => Domain): void {
    const { live } = record;
    this.#context.table.editLive(record, (domain) => (domain === live ? next : same(domain)));
    recordStatus(this.#context, record, instance);
  }

  async #plugContext(domain: CompleteDomain, instance: Instance): Promise<PlugContext> {
    const capabilities = await this.#context.registry.get(instance.facts.emulator);
    const bootIndex = bootIndexes(domain);
    const network = networkHost(instance.facts.paths, (card) => cableEnd(card, instance));
    return { domain, capabilities, bootIndex, block: blockHost, network };
  }

  async #startNetworkHelper(record: GuestRecord, instance: Instance, card: Interface): Promise<void> {
    if (card.type !== 'user' || card.backend?.type !== 'passt') return;
    const socket = networkHost(instance.facts.paths).passtSocket?.(card);
    if (socket === undefined) return;
    const plan = preparePasst({ card, socket });
    const log = new GuestLog(this.#context.folders.logs, record.name);
    instance.helpers = [...instance.helpers, await startHelper(plan, log.path)];
  }

  /** At the address it has in the running machine where the definition has it free, else at another. */
  async #addToDefinition(record: GuestRecord, device: ParsedDevice): Promise<void> {
    const { table } = this.#context;
    const options = { author: 'attachDevice', complete: true };
    try {
      await table.editConfig(record, (domain) => addDevice(domain, device), options);
    } catch (thrown) {
      if (!('address' in device.device)) throw thrown;
      const { address: _address, ...anywhere } = device.device;
      await table.editConfig(record, (domain) => addDevice(domain, { ...device, device: anywhere }), options);
    }
  }
}

async function resolveParsedDisk(wanted: ParsedDevice): Promise<ParsedDevice> {
  const disk = wanted.device as Disk;
  return isEmptyDisk(disk) ? wanted : { ...wanted, device: await resolveDisk(disk) };
}

/** The definition may not have it, when it was changed since. */
function removeFrom(domain: Domain, gone: ParsedDevice): Domain {
  try {
    return removeDevice(domain, gone);
  } catch (thrown) {
    if (thrown instanceof VirError && thrown.code === 'device-missing') return domain;
    throw thrown;
  }
}
