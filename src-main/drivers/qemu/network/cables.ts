/** The cables of guests: where each card is plugged in, from the choice of a name until QEMU is gone. */
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { VirError } from '../../../../src-shared/errors.ts';
import type { Interface } from '../../../../src-shared/model/domain/index.ts';
import { type LinkConditions, readConditions } from '../../../../src-shared/model/link-conditions.ts';
import { say } from '../../../../src-shared/words.ts';
import { dropInterfaceParts } from '../../../engine/live-parts.ts';
import type { Logger } from '../../../engine/logger.ts';
import { macvtapDevice } from '../../../network/devices/taps.ts';
import { type CableCard, isCableCard } from '../../../network/ports/card.ts';
import { queuesOf } from '../../../network/ports/connect.ts';
import type { NetworkPorts, PlannedPort } from '../../../network/ports/network-ports.ts';
import type { Port } from '../../../network/ports/port.ts';
import { formatPci } from '../../../network/sriov/functions.ts';
import type { AcceleratorName } from '../capabilities/facts.ts';
import type { CableEnd } from '../devices/netdev.ts';
import type { CompleteDomain } from '../passes/types.ts';

/** Whose cards they are, and how the guest runs. */
export interface CableOwner {
  readonly uuid: string;
  readonly name: string;
  readonly accelerator: AcceleratorName;
  /** What their cables are to be like, by MAC address. */
  readonly conditions: ReadonlyMap<string, LinkConditions>;
}

/** The cables of one start, chosen and not yet made. */
export interface PlannedCables {
  readonly ports: readonly PlannedPort[];
  /** What QEMU is told of a card's other end. */
  readonly end: (card: Interface) => CableEnd;
}

const driver = 'qemu';
/** Below are standard input, output and error. */
const firstDescriptor = 3;
const tunDevice = '/dev/net/tun';
const vhostDevice = '/dev/vhost-net';

export class Cables {
  readonly #ports: NetworkPorts;
  readonly #logger: Logger;
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(ports: NetworkPorts, logger: Logger) {
    this.#ports = ports;
    this.#logger = logger;
  }

  /**
   * Chooses for each card of a machine that is about to start.
   * @returns the machine with its cards as they will be, and what is to be plugged in
   */
  async plan(
    domain: CompleteDomain,
    accelerator: AcceleratorName,
  ): Promise<{ readonly domain: CompleteDomain; readonly cables: PlannedCables }> {
    // A name that the definition asks for may be that of a cable which is just being removed.
    await this.gone();
    const conditions = readConditions(domain.metadata);
    const owner = { uuid: domain.uuid, name: domain.name, accelerator, conditions };
    const planned: PlannedPort[] = [];
    const ends = new Map<string, CableEnd>();
    let descriptor = firstDescriptor;
    try {
      const cards: Interface[] = [];
      for (const card of domain.devices.interface) {
        if (!isCableCard(card)) {
          cards.push(card);
          continue;
        }
        const one = await this.planCard(card, owner);
        planned.push(one);
        if (one.port.end.kind === 'function') {
          cards.push(one.card);
          continue;
        }
        const vhost = usesVhost(card, accelerator);
        if (one.port.end.kind === 'macvtap') {
          const numbers = Array.from({ length: queuesOf(card) }, () => String(descriptor++));
          // It opens its own way to the kernel's vhost where it may.
          ends.set(one.port.link, { tap: numbers, vhost: [], opensVhost: vhost });
        } else ends.set(one.port.link, { device: one.port.link, vhost });
        cards.push(one.card);
      }
      const end = (card: Interface): CableEnd => {
        const found = ends.get(card.target?.dev ?? '');
        if (found === undefined) throw new TypeError(`the card ${card.mac?.address} was not planned`);
        return found;
      };
      const devices = { ...domain.devices, interface: cards };
      return { domain: { ...domain, devices }, cables: { ports: planned, end } };
    } catch (thrown) {
      this.#ports.release(planned);
      throw thrown;
    }
  }

  /** The same for one card that joins a running machine, or moves. */
  async planCard(card: CableCard, owner: CableOwner, replacing?: Port): Promise<PlannedPort> {
    // What a former run showed of it is not wanted again.
    const defined = structuredClone(card);
    dropInterfaceParts(defined);
    const planned = await this.#ports.plan({
      owner: { driver, uuid: owner.uuid, name: owner.name },
      card: defined,
      ...(replacing === undefined ? {} : { replacing }),
    });
    if (planned.port.end.kind !== 'macvtap' && planned.port.end.kind !== 'function') {
      try {
        checkTun();
        usesVhost(card, owner.accelerator);
      } catch (thrown) {
        this.#ports.release([planned]);
        throw thrown;
      }
    }
    const conditions = owner.conditions.get(card.mac?.address?.toLowerCase() ?? '');
    if (conditions === undefined) return planned;
    if (planned.port.end.kind === 'given' || isSwitched(planned.port)) {
      this.#ports.release([planned]);
      throw notOurs(planned.port.link);
    }
    return { ...planned, port: { ...planned.port, conditions } };
  }

  release({ ports }: PlannedCables): void {
    this.#ports.release(ports);
  }

  /**
   * Makes the cables of a start.
   * @returns open descriptors for QEMU, in the order it was told; the caller closes them
   */
  async plug({ ports }: PlannedCables): Promise<readonly number[]> {
    const descriptors: number[] = [];
    try {
      for (const planned of ports) {
        await this.#ports.plug(planned);
        if (planned.port.end.kind !== 'macvtap') continue;
        const path = macvtapDevice(planned.port.link);
        for (let queue = 0; queue < queuesOf(planned.card); queue += 1) {
          descriptors.push(openSync(path, constants.O_RDWR));
        }
      }
      return descriptors;
    } catch (thrown) {
      for (const descriptor of descriptors) closeSync(descriptor);
      throw thrown;
    }
  }

  async plugCard(planned: PlannedPort): Promise<void> {
    await this.#ports.plug(planned);
  }

  async move(port: Port, planned: PlannedPort): Promise<PlannedPort> {
    return await this.#ports.move(port.id, planned);
  }

  /** Makes a cable like this while its guest goes on; `undefined`: as good as it is. */
  async condition(port: Port, card: CableCard, conditions: LinkConditions | undefined): Promise<void> {
    if (port.end.kind === 'given' || isSwitched(port)) throw notOurs(port.link);
    const { conditions: _, ...plain } = port;
    await this.#ports.move(port.id, { port: conditions === undefined ? plain : { ...plain, conditions }, card });
  }

  releaseCard(planned: PlannedPort): void {
    this.#ports.release([planned]);
  }

  /** The cable of a card of a running machine. */
  of(uuid: string, card: Interface): Port | undefined {
    return this.#ports
      .list()
      .find(({ owner, link }) => owner.driver === driver && owner.uuid === uuid && link === linkOf(card));
  }

  async unplugCard(uuid: string, card: Interface): Promise<void> {
    const port = this.of(uuid, card);
    if (port !== undefined) await this.#ports.unplug(port.id);
  }

  /** Removes a machine's cables in the background: its QEMU is gone. */
  unplugAll(uuid: string): void {
    for (const { id, owner, link } of this.#ports.list()) {
      if (owner.driver !== driver || owner.uuid !== uuid) continue;
      const gone = this.#ports.unplug(id).catch((error: unknown) => {
        this.#logger.log('error', `the cable ${link} of a guest could not be removed`, { name: owner.name, error });
      });
      this.#leaving = Promise.all([this.#leaving, gone]);
    }
  }

  /** Resolves when cables that are being removed are gone. */
  async gone(): Promise<void> {
    await this.#leaving;
  }

  /** After a restart: what is not a cable of these running machines is removed. */
  async settle(running: readonly { readonly uuid: string; readonly cards: readonly Interface[] }[]): Promise<void> {
    const living = running.flatMap(({ uuid, cards }) => cards.flatMap((card) => this.of(uuid, card)?.id ?? []));
    await this.#ports.settle(driver, new Set(living));
  }
}

/** The kernel's own way of carrying a virtio card's packets: only for hardware virtualisation, as upstream. */
export function usesVhost(card: Interface, accelerator: AcceleratorName): boolean {
  const isVirtio = card.model?.type.startsWith('virtio') === true;
  const name = card.driver?.name;
  if (!isVirtio || name === 'qemu') return false;
  const isPossible = accelerator === 'kvm' && isUsable(vhostDevice);
  if (name === 'vhost' && !isPossible) {
    throw new VirError({
      code: 'config-unsupported',
      domain: 'qemu',
      message: say`vhost-net was requested for an interface, but is unavailable`,
      cause:
        accelerator === 'kvm'
          ? say`${vhostDevice} can't be opened.`
          : say`It takes hardware virtualisation (<domain type="kvm">).`,
      fix: say`Load the module vhost_net and let this user open the device, or leave <driver name='vhost'/> out.`,
    });
  }
  return isPossible;
}

/** Open vSwitch takes away what the queues of its ports were told; a virtual function has none here. */
const isSwitched = ({ end }: Port): boolean =>
  end.kind === 'function' || (end.kind === 'tap' && end.openVswitch !== undefined);

/** A virtual function is known by its address. */
function linkOf(card: Interface): string | undefined {
  if (card.type !== 'hostdev') return card.target?.dev;
  const address = card.source.address;
  return address?.type === 'pci' ? formatPci(address) : undefined;
}

const notOurs = (link: string): VirError =>
  new VirError({
    code: 'config-unsupported',
    domain: 'qemu',
    message: say`The conditions of the cable ${link} can't be made.`,
    cause: say`Another program keeps this device, or carries its packets.`,
    fix: say`Take the conditions away, or plug the card into a network or a bridge.`,
  });

function checkTun(): void {
  if (isUsable(tunDevice)) return;
  throw new VirError({
    code: 'operation-failed',
    domain: 'qemu',
    message: say`The host's network can't be used by this user's machines.`,
    cause: existsSync(tunDevice) ? say`${tunDevice} can't be opened by this user.` : say`There is no ${tunDevice}.`,
    fix: existsSync(tunDevice)
      ? say`Let users open it: chmod 666 ${tunDevice}, as most distributions have it. Only devices made for them can be reached by it.`
      : say`Load the module tun.`,
  });
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
