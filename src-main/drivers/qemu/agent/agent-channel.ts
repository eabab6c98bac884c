/** The channel on which a guest's agent is reached: noticed when the guest opens it, connected then. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Channel, Domain } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { recordStatus } from '../lifecycle/record-status.ts';
import { flag, objects, text } from '../qmp/reply.ts';
import { GuestAgent } from './guest-agent.ts';
import { watchAddresses } from './addresses.ts';

const agentChannelName = 'org.qemu.guest_agent.0';

/** The agent's channel of a running guest, if it has one that we can connect to. */
export function agentChannel(record: GuestRecord): (Channel & { type: 'unix' }) | undefined {
  for (const channel of record.current.devices?.channel ?? []) {
    if (channel.type === 'unix' && channel.target?.type === 'virtio' && channel.target.name === agentChannelName) {
      return channel;
    }
  }
  return undefined;
}

/** A port of the guest was opened or closed from inside. */
export function channelChanged(
  context: GuestContext,
  record: GuestRecord,
  instance: Instance,
  alias: string,
  open: boolean,
): void {
  const state: 'connected' | 'disconnected' = open ? 'connected' : 'disconnected';
  const { live } = record;
  const { devices } = live ?? {};
  const changed = devices?.channel.find((channel) => channel.alias?.name === alias);
  if (live === undefined || devices === undefined || changed?.target?.type !== 'virtio') return;
  if (changed.target.state === state) return;
  const isAgent = changed.target.name === agentChannelName;
  const updated = { ...changed, target: { ...changed.target, state } } as Channel;
  const channel = devices.channel.map((item) => (item === changed ? updated : item));
  context.table.changed(record, { live: { ...live, devices: { ...devices, channel } } });
  recordStatus(context, record, instance);
  if (!isAgent) return;
  if (open) connectAgent(context, record, instance);
  else {
    instance.agent?.close();
    instance.agent = undefined;
  }
  context.table.announce(record, { kind: 'agent-lifecycle', connected: open, reason: 'channel' });
}

/** No guest has opened its channels before it runs. */
export function withClosedChannels(domain: Domain): Domain {
  const { devices } = domain;
  if (devices === undefined || devices.channel.length === 0) return domain;
  const channel = devices.channel.map((item) =>
    item.target?.type === 'virtio' ? { ...item, target: { ...item.target, state: 'disconnected' as const } } : item,
  );
  return { ...domain, devices: { ...devices, channel } };
}

/** Asks QEMU which channels the guest has open, when nobody listened for a while. */
export async function refreshChannels(context: GuestContext, record: GuestRecord, instance: Instance): Promise<void> {
  const channels = record.live?.devices?.channel ?? [];
  if (instance.monitor === undefined || !channels.some(({ target }) => target?.type === 'virtio')) return;
  const open = new Map<string, boolean>();
  for (const item of objects(await instance.monitor.execute('query-chardev'), 'query-chardev')) {
    open.set(text(item, 'label'), flag(item, 'frontend-open'));
  }
  for (const { alias, target } of channels) {
    if (alias === undefined || target?.type !== 'virtio') continue;
    const now = open.get(`char${alias.name}`);
    if (now === undefined) continue;
    if (now !== (target.state === 'connected')) channelChanged(context, record, instance, alias.name, now);
    else if (now && target.name === agentChannelName) connectAgent(context, record, instance);
  }
}

/** Connects to the agent in the background; whoever needs it meanwhile waits for the connection. */
export function connectAgent(context: GuestContext, record: GuestRecord, instance: Instance): void {
  const path = agentChannel(record)?.source?.path;
  if (path === undefined || instance.agent !== undefined) return;
  GuestAgent.connect(path, () => {
    instance.agent = undefined;
  }).then(
    (agent) => {
      if (instance.ending || record.runtime !== instance) {
        agent.close();
        return;
      }
      instance.agent = agent;
      watchAddresses(context, record, instance, agent);
    },
    (error: unknown) => context.logger.log('warn', 'the guest agent can’t be reached', { name: record.name, error }),
  );
}

/**
 * The agent of a running guest.
 * @throws VirError `argument-unsupported` without a channel for it, `agent-unresponsive` when nobody listens there.
 */
export function connectedAgent(
  context: GuestContext,
  record: GuestRecord,
): { readonly agent: GuestAgent; readonly instance: Instance } {
  const instance = context.table.requireActive(record);
  if (agentChannel(record) === undefined) {
    throw new VirError({
      code: 'argument-unsupported',
      domain: 'qemu',
      message: say`The domain '${record.name}' has no channel for a guest agent.`,
      fix: say`Add a channel named ${agentChannelName} to the machine.`,
    });
  }
  if (instance.agent === undefined) {
    throw new VirError({
      code: 'agent-unresponsive',
      domain: 'qemu',
      message: say`The guest agent of domain '${record.name}' is not connected.`,
      fix: say`Install qemu-guest-agent in the guest, or wait until the guest has started it.`,
    });
  }
  return { agent: instance.agent, instance };
}
