/**
 * The cables of machines: planned, plugged in, moved and unplugged. Each is a file (`runtime/ports/ID.json`) and its steps
 * are in the ledger, both before anything is changed, so that whoever comes after a crash finds what to keep and what to
 * remove.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VirError } from '../../../src-shared/errors.ts';
import type { Bandwidth } from '../../../src-shared/model/network-common.ts';
import { say } from '../../../src-shared/words.ts';
import { Emitter, type EventSource } from '../../engine/events.ts';
import type { Logger } from '../../engine/logger.ts';
import { readIfThere, removeIfThere, temporaryFilePattern, writeWhole } from '../../host/files.ts';
import { applySteps, type Performer, StepsError, undoSteps } from '../../host/steps.ts';
import type { Ledger } from '../../host/steps-ledger.ts';
import type { NetworkAction } from '../actions.ts';
import { networkError } from '../errors.ts';
import { functionAt, functionsOf } from '../sriov/functions.ts';
import { checkVfio, settingsOf } from '../sriov/perform.ts';
import { limitsOf } from './bandwidth.ts';
import { type CableCard, isCableCard, type HostDevice, type HostDevices, type PluggedCard } from './card.ts';
import { connectCard, type KnownNetwork, liveCard } from './connect.ts';
import { LinkNames } from './link-names.ts';
import { planPort } from './plan-port.ts';
import { withIdentityOf } from './switching.ts';
import { type Port, type PortEnd, type PortEvent, type PortPart, portSchema } from './port.ts';

export interface PortHost {
  readonly ledger: Ledger<NetworkAction>;
  readonly performer: Performer<NetworkAction>;
}

export interface PortParts {
  /** Where the files of ports are. */
  readonly folder: string;
  readonly logger: Logger;
  /** Ready when networks are. */
  readonly host: Promise<PortHost>;
  readonly network: (name: string) => KnownNetwork;
  /** Whether this engine can change the host's network. */
  readonly isPrivileged: boolean;
  /** Puts the card's network filter in force. */
  readonly filter?: PortPart;
  /** For what nobody in front of the screen asked for. */
  readonly quietly: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What a driver asks for. */
export interface PortRequest {
  readonly owner: Port['owner'];
  readonly card: CableCard;
  /** The card's cable as it is, when it is to lead somewhere else: it keeps its name. */
  readonly replacing?: Port;
}

/** A cable that is chosen and not yet made. */
export interface PlannedPort {
  readonly port: Port;
  /** What the running machine shows of the card. */
  readonly card: PluggedCard;
}

const prefix = 'port-';
/** Whose steps a cable's are, in the ledger. */
export const ownerOf = (id: string): string => `${prefix}${id}`;

export class NetworkPorts {
  readonly #parts: PortParts;
  readonly #ports = new Map<string, Port>();
  /** Planned, and not plugged in yet. */
  readonly #reserved = new Map<string, Port>();
  readonly #names = new LinkNames();
  readonly #events: Emitter<PortEvent>;
  /** Who changes one cable waits for whoever changes it already. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(parts: PortParts) {
    this.#parts = parts;
    this.#events = new Emitter((error) => parts.logger.log('error', 'a listener of cables failed', { error }));
    this.#load();
  }

  get events(): EventSource<PortEvent> {
    return this.#events;
  }

  list(): readonly Port[] {
    return [...this.#ports.values()];
  }

  get(id: string): Port | undefined {
    return this.#ports.get(id);
  }

  /**
   * Chooses a place and a name, which are kept until the cable is plugged in or let go. The host is not changed.
   * @throws VirError when it can't be done, with the reason
   */
  async plan({ owner, card, replacing }: PortRequest): Promise<PlannedPort> {
    const { network, isPrivileged } = this.#parts;
    await this.#parts.host;
    const host = this.#hostDevices();
    const { end: chosen, wantedLink, rest } = connectCard(card, network, host);
    const end = await prepared(withIdentityOf(chosen, replacing?.end, card), host);
    if (!isPrivileged && end.kind !== 'given') throw mayNot(owner.name);
    const link = replacing?.link ?? this.#chooseName(end, wantedLink, host);
    const port: Port = { ...{ id: randomUUID(), owner, mac: card.mac?.address ?? '', link, end }, ...rest };
    this.#reserved.set(port.id, port);
    return { port, card: liveCard(card, port) };
  }

  /** Lets go of what was planned and is not wanted. */
  release(planned: readonly PlannedPort[]): void {
    for (const { port } of planned) this.#reserved.delete(port.id);
  }

  /** @throws VirError with the step that failed; nothing is left changed then. */
  async plug({ port }: PlannedPort): Promise<void> {
    await this.#inTurn(port.id, async () => {
      const { ledger, performer } = await this.#parts.host;
      try {
        const steps = await planPort(port, ownUid(), this.#parts.filter);
        await writeWhole(this.#path(port.id), `${JSON.stringify(port)}\n`);
        this.#ports.set(port.id, port);
        await applySteps(ledger, performer, ownerOf(port.id), steps);
      } catch (thrown) {
        this.#forget(port.id);
        throw failed(port, thrown);
      } finally {
        this.#reserved.delete(port.id);
      }
    });
    this.#events.emit({ event: 'plugged', port });
  }

  /** What is not there is unplugged. What could not be removed is tried again by the next engine. */
  async unplug(id: string): Promise<void> {
    await this.#inTurn(id, async () => {
      const port = this.#ports.get(id);
      if (port === undefined) return;
      const { ledger, performer } = await this.#parts.host;
      this.#forget(id);
      const [failure] = await undoSteps(ledger, performer, ownerOf(id));
      this.#events.emit({ event: 'unplugged', port });
      if (failure === undefined) return;
      this.#parts.logger.log('error', `The cable ${port.link} could not be removed.`, { ...failure });
    });
  }

  /**
   * Plugs a cable in somewhere else, or changes what is done to it, while its guest goes on.
   * @param next planned for the same card; only its place counts, name and id stay
   */
  async move(id: string, next: PlannedPort): Promise<PlannedPort> {
    this.#reserved.delete(next.port.id);
    const port = await this.#change(id, next.port);
    return { port, card: isCableCard(next.card) ? liveCard(next.card, port) : next.card };
  }

  /** @returns the cable as it is then, with its name and id */
  async #change(id: string, next: Port): Promise<Port> {
    return await this.#inTurn(id, async () => {
      const { ledger, performer } = await this.#parts.host;
      const former = this.#ports.get(id);
      if (former === undefined) throw new TypeError(`there is no port ${id}`);
      const port: Port = { ...next, id, link: former.link };
      const owner = ownerOf(id);
      const steps = await planPort(port, ownUid(), this.#parts.filter);
      const before = ledger.steps(owner);
      const gone = before.filter(({ action }) => !steps.some((step) => step.action.verb === action.verb));
      // Both, until it is done: whoever comes after a crash can undo all of it.
      await ledger.record(owner, [...steps, ...gone]);
      await writeWhole(this.#path(id), `${JSON.stringify(port)}\n`);
      try {
        for (const { inverse } of gone.toReversed()) if (inverse !== undefined) await performer.perform(inverse.action);
        for (const { action } of steps) await performer.perform(action);
      } catch (thrown) {
        await ledger.record(owner, before);
        await writeWhole(this.#path(id), `${JSON.stringify(former)}\n`);
        await this.#redo(former, before);
        throw failed(port, thrown);
      }
      await ledger.record(owner, steps);
      this.#ports.set(id, port);
      this.#events.emit({ event: 'changed', port });
      return port;
    });
  }

  /** Other limits, or none, for a cable that is plugged in. */
  async setBandwidth(id: string, bandwidth: Bandwidth): Promise<void> {
    const port = this.#ports.get(id);
    if (port === undefined) return;
    const { bandwidth: _, ...rest } = port;
    const limited = limitsOf(bandwidth) === undefined ? rest : { ...rest, bandwidth };
    await this.#change(id, limited);
  }

  /** Does the steps of a cable again, as its parts plan them now: after its network came back, or its filter changed. */
  async refresh(id: string): Promise<void> {
    await this.#inTurn(id, async () => {
      const port = this.#ports.get(id);
      if (port === undefined || port.end.kind === 'given' || port.end.kind === 'function') return;
      const { ledger } = await this.#parts.host;
      const steps = await planPort(port, ownUid(), this.#parts.filter);
      await ledger.record(ownerOf(id), steps);
      await this.#redo(port, steps);
    });
  }

  /** A network that was started again takes its guests' cables back. */
  async networkStarted(network: KnownNetwork): Promise<void> {
    for (const port of this.list()) {
      if (port.network?.uuid !== network.uuid || port.end.kind !== 'tap') continue;
      const bridge = network.active?.bridge?.name;
      if (bridge !== undefined && bridge !== port.end.bridge) {
        const moved: Port = { ...port, end: { ...port.end, bridge } };
        await writeWhole(this.#path(port.id), `${JSON.stringify(moved)}\n`);
        this.#ports.set(port.id, moved);
      }
      await this.refresh(port.id);
    }
  }

  /** After a restart: a driver names the cables of its machines that run; its others are removed, and lost steps done. */
  async settle(driver: string, living: ReadonlySet<string>): Promise<void> {
    const { host, quietly } = this.#parts;
    const { ledger } = await host;
    await quietly(async () => {
      for (const port of this.list()) {
        if (port.owner.driver !== driver) continue;
        if (living.has(port.id)) {
          await this.#inTurn(port.id, async () => await this.#redo(port, ledger.steps(ownerOf(port.id))));
        } else await this.unplug(port.id);
      }
      await this.#removeStrays();
    });
  }

  /** Steps without a port: an engine died while it unplugged. */
  async #removeStrays(): Promise<void> {
    const { ledger, performer } = await this.#parts.host;
    for (const { owner } of [...ledger.owners()]) {
      if (!owner.startsWith(prefix) || this.#ports.has(owner.slice(prefix.length))) continue;
      for (const failure of await undoSteps(ledger, performer, owner)) {
        this.#parts.logger.log('error', 'A cable could not be removed.', { ...failure });
      }
    }
  }

  async #redo(
    port: Port,
    steps: readonly { readonly action: NetworkAction; readonly sentence: string }[],
  ): Promise<void> {
    const { performer } = await this.#parts.host;
    for (const { action, sentence } of steps) {
      try {
        await performer.perform(action);
      } catch (thrown) {
        const { logger } = this.#parts;
        logger.log('error', `The cable ${port.link} of '${port.owner.name}' could not be repaired.`, {
          sentence,
          cause: thrown,
        });
        return;
      }
    }
  }

  async #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    }
  }

  /** @throws VirError when the name that a definition asks for is taken */
  #chooseName(end: PortEnd, wanted: string | undefined, host: HostDevices): string {
    const { kind } = end;
    // No device of the host: what it is known by here.
    if (end.kind === 'function') return end.address;
    const isTaken = (name: string): boolean => this.#isTaken(name) || host.find(name) !== undefined;
    if (wanted === undefined) return this.#names.choose(kind === 'macvtap' ? 'macvtap' : 'vnet', isTaken);
    if (kind === 'given' ? !this.#isTaken(wanted) : !isTaken(wanted)) return wanted;
    throw networkError('operation-failed', say`The device '${wanted}' that a card asks for is there already.`, {
      fix: say`Take <target dev> out of the definition: a name is chosen then.`,
    });
  }

  #isTaken(link: string): boolean {
    return [...this.#ports.values(), ...this.#reserved.values()].some((port) => port.link === link);
  }

  #hostDevices(): HostDevices {
    const users = (lower: string): number =>
      [...this.#ports.values(), ...this.#reserved.values()].filter(
        ({ end }) => end.kind === 'macvtap' && end.lower === lower,
      ).length;
    const taken = new Set(
      [...this.#ports.values(), ...this.#reserved.values()].flatMap(({ end }) =>
        end.kind === 'function' ? [end.address] : [],
      ),
    );
    return { find: findDevice, users, functionsOf, functionAt, isTaken: (address) => taken.has(address) };
  }

  #load(): void {
    const { folder, logger } = this.#parts;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (temporaryFilePattern.test(name)) removeIfThere(path);
      if (!name.endsWith('.json')) continue;
      try {
        const port: Port = portSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
        this.#ports.set(port.id, port);
      } catch (thrown) {
        logger.log('warn', "A cable's record is left alone.", { path, cause: thrown });
      }
    }
  }

  #forget(id: string): void {
    removeIfThere(this.#path(id));
    this.#ports.delete(id);
  }

  #path(id: string): string {
    return join(this.#parts.folder, `${id}.json`);
  }
}

/** What has to be known of a virtual function before it changes. @throws VirError when no guest can have it here */
async function prepared(end: PortEnd, { functionAt: find }: HostDevices): Promise<PortEnd> {
  if (end.kind !== 'function') return end;
  const found = find(end.address);
  if (found === undefined) throw new TypeError(`the function ${end.address} is gone`);
  checkVfio(found, end.managed);
  return { ...end, former: await settingsOf(found) };
}

const ownUid = (): number => process.getuid?.() ?? 0;

/** From the kernel's files: a program for each question would take longer than making the device. */
function findDevice(link: string): HostDevice | undefined {
  if (!/^[^/\s]{1,15}$/.test(link) || link === '.' || link === '..') return undefined;
  const folder = `/sys/class/net/${link}`;
  const mtu = readIfThere(`${folder}/mtu`);
  if (mtu === undefined) return undefined;
  const type = /^DEVTYPE=(.+)$/m.exec(readIfThere(`${folder}/uevent`) ?? '')?.[1];
  const mac = readIfThere(`${folder}/address`)?.trim();
  const filtering = readIfThere(`${folder}/bridge/vlan_filtering`)?.trim();
  return {
    ...{ ...(type === undefined ? {} : { kind: type }), mtu: Number(mtu) },
    ...(mac === undefined ? {} : { mac }),
    ...(filtering === undefined ? {} : { vlanFiltering: filtering === '1' }),
  };
}

const mayNot = (name: string): VirError =>
  networkError('access-denied', say`The machine '${name}' can't be plugged into the host's network by this user.`, {
    cause: say`It takes a device of the host, which needs an administrator, and there is no system bus to ask one by.`,
    fix: say`Give the machine a user-mode network (<interface type='user'/>), or use an engine that runs as root.`,
  });

function failed(port: Port, thrown: unknown): unknown {
  if (!(thrown instanceof StepsError)) return thrown;
  const inner = thrown.cause instanceof VirError ? thrown.cause.data : undefined;
  const cause = inner === undefined ? thrown.message : [inner.message, inner.cause].filter(Boolean).join(' ');
  return networkError(
    inner?.code ?? 'operation-failed',
    say`The machine '${port.owner.name}' can't be plugged in. The step failed: ${thrown.sentence}`,
    {
      cause,
      ...(inner?.fix === undefined ? {} : { fix: inner.fix }),
      ...(inner?.details === undefined ? {} : { details: inner.details }),
    },
    thrown,
  );
}
