/** The cables of cards that join a running machine, and those that are moved. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { Interface } from '../../../../src-shared/model/domain/index.ts';
import { readConditions } from '../../../../src-shared/model/link-conditions.ts';
import { say } from '../../../../src-shared/words.ts';
import { isCableCard } from '../../../network/ports/card.ts';
import type { CableEnd } from '../devices/netdev.ts';
import type { GuestContext, GuestRecord } from '../guests/context.ts';
import type { Instance } from '../guests/instance.ts';
import { monitorOf } from '../guests/monitor-of.ts';
import { type CableOwner, usesVhost } from '../network/cables.ts';
import { movedCard } from '../network/card-edit.ts';
import type { CompletedDevice } from './complete-device.ts';

/** A device with its place in the running machine, and what makes and removes its cable. */
interface CabledDevice extends CompletedDevice {
  readonly plug: () => Promise<void>;
  readonly unplug: () => Promise<void>;
}

const nothing = async (): Promise<void> => await Promise.resolve();

/** Chooses the cable of a card; other devices have none. Nothing is made yet. */
export async function plugCable(
  { cables }: GuestContext,
  record: GuestRecord,
  instance: Instance,
  completed: CompletedDevice,
): Promise<CabledDevice> {
  const { device, domain } = completed;
  if (device.kind !== 'interface' || !isCableCard(device.device))
    return { ...completed, plug: nothing, unplug: nothing };
  const planned = await cables.planCard(device.device, ownerOf(record, instance));
  if (planned.port.end.kind === 'macvtap' || planned.port.end.kind === 'function') {
    const { end } = planned.port;
    const where = end.kind === 'macvtap' ? end.lower : end.address;
    cables.releaseCard(planned);
    throw noDescriptors(`The card ${device.device.mac?.address ?? ''} on '${where}'`);
  }
  const { card } = planned;
  const cards = domain.devices.interface.map((other) => (other === device.device ? card : other));
  return {
    ...completed,
    device: { kind: 'interface', device: card },
    domain: { ...domain, devices: { ...domain.devices, interface: cards } },
    plug: async () => await cables.plugCard(planned),
    unplug: async () => await cables.unplugCard(record.uuid, card),
  };
}

/**
 * Moves a cable, or sets other limits for it, while the guest goes on.
 * @returns the card as it is then; undefined when its cable stays
 */
export async function moveCable(
  { cables }: GuestContext,
  record: GuestRecord,
  instance: Instance,
  before: Interface,
  after: Interface,
): Promise<Interface | undefined> {
  const wanted = movedCard(before, after);
  if (wanted === undefined) return undefined;
  const port = cables.of(record.uuid, before);
  const planned = await cables.planCard(wanted, ownerOf(record, instance), port);
  if (port === undefined || planned.port.end.kind !== port.end.kind || port.end.kind !== 'tap') {
    cables.releaseCard(planned);
    throw noDescriptors(`The cable of the card ${before.mac?.address ?? ''}`);
  }
  const { card, port: moved } = await cables.move(port, planned);
  const isElsewhere = moved.end.kind === 'tap' && moved.end.bridge !== port.end.bridge;
  // The guest sees its cable pulled out and plugged in, and asks for an address of the other network.
  if (isElsewhere) await monitorOf(record).execute('set_link', { name: before.alias?.name, up: false });
  return card;
}

/** QEMU opens the taps of a running machine by their names. */
export function cableEnd(card: Interface, instance: Instance): CableEnd {
  return { device: card.target?.dev ?? '', vhost: usesVhost(card, instance.facts.accelerator) };
}

const ownerOf = ({ uuid, name, current }: GuestRecord, { facts }: Instance): CableOwner => ({
  uuid,
  name,
  accelerator: facts.accelerator,
  conditions: readConditions(current.metadata),
});

/** A macvtap is a file that only whoever starts QEMU can hand over; a function of SR-IOV is given to it at its start. */
const noDescriptors = (what: string): VirError =>
  new VirError({
    code: 'operation-unsupported',
    domain: 'qemu',
    message: say`${what} can't be plugged in while the machine runs.`,
    cause: say`A device beside a card of the host (macvtap) is handed to QEMU when it starts.`,
    fix: say`Change the definition; it takes effect at the next start.`,
  });
