/** How much memory and how many processors a machine has, running and stored. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { Affects } from '../../../engine/driver.ts';
import { connectedAgent } from '../agent/agent-channel.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { recordStatus } from '../lifecycle/record-status.ts';
import { flag, number, object, objects, optionalText, text } from '../qmp/reply.ts';

const unplugTimeoutMs = 5_000;

/** @throws VirError `invalid-arg` for more than the maximum; `operation-invalid` where there is no balloon. */
export async function setMemory(
  context: GuestContext,
  uuid: string,
  kiB: number,
  affects: Affects & { readonly maximum?: boolean },
): Promise<void> {
  const { table } = context;
  await table.modify(uuid, 'setMemory', async (record) => {
    const { live, config } = table.targets(record, affects);
    const change = affects.maximum === true ? withMaximum(kiB) : withMemory(context, kiB);
    if (live && affects.maximum === true) {
      throw table.errors.error(
        'operation-invalid',
        say`cannot resize the maximum memory of an active domain '${record.name}'`,
        undefined,
        say`Shut it down first, or change only the definition.`,
      );
    }
    if (config && record.config !== undefined) change(record.config);
    if (live && record.live !== undefined) {
      change(record.live);
      const balloon = record.live.devices?.memballoon;
      if (balloon === undefined || balloon.model === 'none') {
        throw table.errors.error(
          'operation-invalid',
          say`The memory of the running domain '${record.name}' can't be changed: it has no balloon device.`,
          undefined,
          say`Add <memballoon model="virtio"/> to it; it takes effect at the next start.`,
        );
      }
      // What the guest gives back, and when, is told by QEMU's events; the live definition follows those.
      await monitorOf(record).execute('balloon', { value: kiB * 1024 });
    }
    if (config) await table.editConfig(record, change, { author: 'setMemory', complete: true });
  });
}

const withMaximum =
  (kiB: number) =>
  (domain: Domain): Domain => ({
    ...domain,
    memory: { ...domain.memory, KiB: kiB },
    currentMemory: { ...domain.currentMemory, KiB: Math.min(domain.currentMemory?.KiB ?? kiB, kiB) },
  });

const withMemory =
  (context: GuestContext, kiB: number) =>
  (domain: Domain): Domain => {
    const total = domain.memory?.KiB ?? 0;
    if (kiB <= total) return { ...domain, currentMemory: { ...domain.currentMemory, KiB: kiB } };
    throw context.table.errors.error(
      'invalid-arg',
      say`cannot set memory of domain '${domain.name}' higher than its maximum`,
      say`It has ${total} KiB.`,
      say`Raise the maximum first, while it is off.`,
    );
  };

/** @throws VirError `invalid-arg` for more than the maximum; `operation-failed` when the guest keeps a processor. */
export async function setVcpus(
  context: GuestContext,
  uuid: string,
  count: number,
  affects: Affects & { readonly maximum?: boolean; readonly guest?: boolean },
): Promise<void> {
  const { table } = context;
  if (affects.guest === true) {
    await setGuestVcpus(context, context.table.get(uuid), count);
    return;
  }
  await table.modify(uuid, 'setVcpus', async (record) => {
    const { live, config } = table.targets(record, affects);
    const change = affects.maximum === true ? withMaximumVcpus(count) : withVcpus(context, count);
    if (live && affects.maximum === true) {
      throw table.errors.error(
        'operation-invalid',
        say`cannot change the maximum number of vCPUs of an active domain '${record.name}'`,
        undefined,
        say`Shut it down first, or change only the definition.`,
      );
    }
    if (config && record.config !== undefined) change(record.config);
    if (live && record.live !== undefined) {
      change(record.live);
      const instance = table.requireActive(record);
      await plugVcpus(record, instance, count);
      instance.vcpuThreads = undefined;
      table.editLive(record, change);
      recordStatus(context, record, instance);
    }
    if (config) await table.editConfig(record, change, { author: 'setVcpus', complete: true });
  });
}

const withMaximumVcpus =
  (count: number) =>
  (domain: Domain): Domain => {
    const { current, ...rest } = domain.vcpu ?? { value: count };
    const now = current ?? rest.value;
    const changed: Domain = { ...domain, vcpu: { ...rest, value: count, ...(now < count ? { current: now } : {}) } };
    if (changed.cpu !== undefined) {
      // The topology says the same in other words; it can't be kept when the number changes.
      changed.cpu = { ...changed.cpu };
      delete changed.cpu.topology;
    }
    return changed;
  };

const withVcpus =
  (context: GuestContext, count: number) =>
  (domain: Domain): Domain => {
    const { current: _current, ...rest } = domain.vcpu ?? { value: 1 };
    if (count > rest.value) {
      throw context.table.errors.error(
        'invalid-arg',
        say`requested cpu amount exceeds maximum (${count} > ${rest.value})`,
      );
    }
    return { ...domain, vcpu: count === rest.value ? rest : { ...rest, current: count } };
  };

interface Slot {
  readonly type: string;
  readonly props: object;
  readonly vcpus: number;
  /** Where its processor is, when there is one. */
  readonly path: string | undefined;
}

/** Adds processors in the order of their places, or takes away the last that were added. */
async function plugVcpus(record: GuestRecord, instance: Instance, count: number): Promise<void> {
  const monitor = monitorOf(record);
  const slots = objects(await monitor.execute('query-hotpluggable-cpus'), 'query-hotpluggable-cpus')
    .map(
      (item): Slot => ({
        type: text(item, 'type'),
        props: object(item['props'], 'props'),
        vcpus: number(item, 'vcpus-count'),
        path: optionalText(item, 'qom-path'),
      }),
    )
    .reverse();
  let now = slots.reduce((sum, slot) => sum + (slot.path === undefined ? 0 : slot.vcpus), 0);
  for (const [index, slot] of slots.entries()) {
    if (now >= count) break;
    if (slot.path !== undefined) continue;
    await monitor.execute('device_add', { driver: slot.type, id: `vcpu${index}`, ...slot.props });
    now += slot.vcpus;
  }
  for (const slot of [...slots].reverse()) {
    if (now <= count) break;
    // Only what was added while it ran has a name, and can be asked back.
    const alias = /^\/machine\/peripheral\/(vcpu\d+)$/.exec(slot.path ?? '')?.[1];
    if (alias === undefined) continue;
    await unplugVcpu(record, instance, alias);
    now -= slot.vcpus;
  }
  if (now !== count) {
    throw new VirError({
      code: 'operation-unsupported',
      domain: 'qemu',
      message: say`The running domain '${record.name}' can't have ${count} vCPUs; it has ${now}.`,
      cause: say`Processors it was started with can’t be taken away.`,
      fix: say`Change the definition; it takes effect at the next start.`,
    });
  }
}

async function unplugVcpu(record: GuestRecord, instance: Instance, alias: string): Promise<void> {
  const answer = instance.nextEvent(
    ({ name, data }) => data['device'] === alias && ['DEVICE_DELETED', 'DEVICE_UNPLUG_GUEST_ERROR'].includes(name),
    unplugTimeoutMs,
  );
  await monitorOf(record).execute('device_del', { id: alias });
  const event = await answer;
  if (event?.name === 'DEVICE_DELETED') return;
  throw new VirError({
    code: event === undefined ? 'operation-timeout' : 'operation-failed',
    domain: 'qemu',
    message: say`The guest of domain '${record.name}' did not let go of the processor '${alias}'.`,
    fix: say`Its operating system has to take the processor offline; try again when it is idle.`,
  });
}

/** Asks the guest's agent to use so many of the processors it has. */
async function setGuestVcpus(context: GuestContext, record: GuestRecord, count: number): Promise<void> {
  const { agent } = connectedAgent(context, record);
  const all = objects(await agent.execute('guest-get-vcpus'), 'guest-get-vcpus').map((item) => ({
    id: number(item, 'logical-id'),
    online: flag(item, 'online'),
    isRemovable: flag(item, 'can-offline'),
  }));
  if (count > all.length) {
    throw context.table.errors.error('invalid-arg', say`The guest has ${all.length} vCPUs, not ${count}.`);
  }
  let online = all.filter((item) => item.online).length;
  const wanted = new Map<number, boolean>();
  for (const item of all) {
    if (online < count && !item.online) {
      wanted.set(item.id, true);
      online += 1;
    }
  }
  for (const item of [...all].reverse()) {
    if (online > count && item.online && item.isRemovable) {
      wanted.set(item.id, false);
      online -= 1;
    }
  }
  const vcpus = [...wanted].map(([id, isOnline]) => ({ 'logical-id': id, online: isOnline }));
  if (vcpus.length > 0) await agent.execute('guest-set-vcpus', { vcpus });
  if (online !== count) {
    throw context.table.errors.error('operation-failed', say`The guest keeps ${online} vCPUs online.`);
  }
}
