/** NetworkManager on the system bus: profiles and where they are active. */
import { existsSync } from 'node:fs';
import { Bus, DBusError } from '../../host/dbus/bus.ts';
import { LastingBus } from '../../host/dbus/lasting-bus.ts';
import { type DBusValue, Variant } from '../../host/dbus/values.ts';
import type { NetworkManagerProfile, NetworkManagerSettings, NetworkManagerValue } from './facts.ts';

const name = 'org.freedesktop.NetworkManager';
const root = '/org/freedesktop/NetworkManager';
const settingsPath = `${root}/Settings`;
const busSocket = '/run/dbus/system_bus_socket';

/** `NM_SETTINGS_ADD_CONNECTION2_FLAG_*`, `NM_SETTINGS_UPDATE2_FLAG_*`: on disk, in memory, and without connecting at once. */
const toDisk = 0x1;
const inMemory = 0x2;
const blockAutoconnect = 0x20;

/** What has ended meanwhile is no longer there to be asked, or to be ended. */
const gone = [
  'org.freedesktop.DBus.Error.UnknownMethod',
  'org.freedesktop.DBus.Error.UnknownObject',
  `${name}.ConnectionNotActive`,
];

async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof DBusError && gone.includes(thrown.errorName)) return undefined;
    throw thrown;
  }
}

export class NetworkManagerBus {
  readonly #bus: LastingBus;

  constructor(open: () => Promise<Bus> = async () => await Bus.open()) {
    this.#bus = new LastingBus(open);
  }

  /** Asking must not start it. */
  async runs(): Promise<boolean> {
    if (!existsSync(busSocket)) return false;
    try {
      const [owned] = await (await this.#bus.get()).callBus('NameHasOwner', 's', [name]);
      return owned === true;
    } catch (thrown) {
      // A bus that nobody answers on.
      if (thrown instanceof DBusError) return false;
      throw thrown;
    }
  }

  async profiles(): Promise<readonly NetworkManagerProfile[]> {
    const [paths] = await this.#call(settingsPath, `${name}.Settings`, 'ListConnections');
    const active = await this.#active();
    const list = Array.isArray(paths) ? (paths as readonly DBusValue[]) : [];
    const profiles = await Promise.all(
      list.map(async (path): Promise<NetworkManagerProfile> => {
        const [settings] = await this.#call(String(path), `${name}.Settings.Connection`, 'GetSettings');
        const read = fromBus(settings);
        const uuid = String(read['connection']?.['uuid']?.[1] ?? '');
        const activeOn = active.get(uuid);
        return { uuid, path: String(path), settings: read, ...(activeOn === undefined ? {} : { activeOn }) };
      }),
    );
    return profiles;
  }

  async add(settings: NetworkManagerSettings, uuid: string, isLasting: boolean): Promise<void> {
    if ((await this.#pathOf(uuid)) !== undefined) return await this.update(uuid, settings, isLasting);
    const flags = (isLasting ? toDisk : inMemory) | blockAutoconnect;
    await this.#call(settingsPath, `${name}.Settings`, 'AddConnection2', 'a{sa{sv}}ua{sv}', [
      toBus(settings),
      flags,
      new Map(),
    ]);
  }

  async update(uuid: string, settings: NetworkManagerSettings, isLasting: boolean): Promise<void> {
    const path = await this.#pathOf(uuid);
    if (path === undefined) return;
    const flags = (isLasting ? toDisk : inMemory) | blockAutoconnect;
    await this.#call(path, `${name}.Settings.Connection`, 'Update2', 'a{sa{sv}}ua{sv}', [
      toBus(settings),
      flags,
      new Map(),
    ]);
  }

  async save(uuid: string): Promise<void> {
    const path = await this.#pathOf(uuid);
    if (path !== undefined) await this.#call(path, `${name}.Settings.Connection`, 'Save');
  }

  async remove(uuid: string): Promise<void> {
    const path = await this.#pathOf(uuid);
    if (path !== undefined) await this.#call(path, `${name}.Settings.Connection`, 'Delete');
  }

  async activate(uuid: string, link: string): Promise<void> {
    const path = await this.#pathOf(uuid);
    if (path === undefined) return;
    const device = await this.#deviceOf(link);
    await this.#call(root, name, 'ActivateConnection', 'ooo', [path, device ?? '/', '/']);
  }

  async deactivate(uuid: string): Promise<void> {
    for (const [path, found] of await this.#activePaths()) {
      if (found === uuid) await unlessGone(this.#call(root, name, 'DeactivateConnection', 'o', [path]));
    }
  }

  /** The interface of each active profile. */
  async #active(): Promise<ReadonlyMap<string, string>> {
    const entries: [string, string][] = [];
    for (const [path, uuid] of await this.#activePaths()) {
      const devices = await unlessGone(this.#property(path, `${name}.Connection.Active`, 'Devices'));
      const [device] = Array.isArray(devices) ? (devices as readonly DBusValue[]) : [];
      if (device === undefined) continue;
      const link = await this.#property(String(device), `${name}.Device`, 'Interface');
      entries.push([uuid, String(link)]);
    }
    return new Map(entries);
  }

  async #activePaths(): Promise<readonly (readonly [path: string, uuid: string])[]> {
    const paths = await this.#property(root, name, 'ActiveConnections');
    const list = Array.isArray(paths) ? (paths as readonly DBusValue[]).map(String) : [];
    const found = await Promise.all(
      list.map(async (path) => {
        const uuid = await unlessGone(this.#property(path, `${name}.Connection.Active`, 'Uuid'));
        return uuid === undefined ? [] : [[path, String(uuid)] as const];
      }),
    );
    return found.flat();
  }

  async #deviceOf(link: string): Promise<string | undefined> {
    try {
      const [path] = await this.#call(root, name, 'GetDeviceByIpIface', 's', [link]);
      return String(path);
    } catch (thrown) {
      // A device that a profile is to make is not there yet.
      if (thrown instanceof DBusError && thrown.errorName.endsWith('UnknownDevice')) return undefined;
      throw thrown;
    }
  }

  async #pathOf(uuid: string): Promise<string | undefined> {
    try {
      const [path] = await this.#call(settingsPath, `${name}.Settings`, 'GetConnectionByUuid', 's', [uuid]);
      return String(path);
    } catch (thrown) {
      if (thrown instanceof DBusError && thrown.errorName.endsWith('InvalidConnection')) return undefined;
      throw thrown;
    }
  }

  async #property(path: string, of: string, property: string): Promise<DBusValue | undefined> {
    const [value] = await this.#call(path, 'org.freedesktop.DBus.Properties', 'Get', 'ss', [of, property]);
    return value instanceof Variant ? value.value : value;
  }

  async #call(
    path: string,
    of: string,
    member: string,
    signature = '',
    body: readonly DBusValue[] = [],
  ): Promise<readonly DBusValue[]> {
    const bus = await this.#bus.get();
    return await bus.call({ destination: name, path, interface: of, member, signature, body, timeoutMs: 15_000 });
  }

  async close(): Promise<void> {
    await this.#bus.close();
  }
}

/** `a{sa{sv}}` as data that a journal can hold. */
export function fromBus(settings: DBusValue | undefined): NetworkManagerSettings {
  if (!(settings instanceof Map)) return {};
  return Object.fromEntries(
    [...(settings as ReadonlyMap<DBusValue, DBusValue>)].map(([group, values]) => [
      String(group),
      Object.fromEntries(
        [...(values as ReadonlyMap<DBusValue, Variant>)].map(([key, { signature, value }]) => [
          String(key),
          [signature, toData(value)] as NetworkManagerValue,
        ]),
      ),
    ]),
  );
}

export function toBus(settings: NetworkManagerSettings): DBusValue {
  const groups = Object.entries(settings).map(([group, values]): [string, DBusValue] => [
    group,
    new Map(Object.entries(values).map(([key, [signature, value]]) => [key, new Variant(signature, fromData(value))])),
  ]);
  return new Map(groups);
}

/** JSON has no bytes, maps, variants or 64-bit integers: each is told as an object of one key. */
function toData(value: DBusValue): unknown {
  if (value instanceof Variant) return { variant: [value.signature, toData(value.value)] };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return { integer: String(value) };
  if (value instanceof Map) {
    return { map: [...(value as ReadonlyMap<DBusValue, DBusValue>)].map(([key, each]) => [toData(key), toData(each)]) };
  }
  if (Array.isArray(value)) return (value as readonly DBusValue[]).map(toData);
  return value;
}

function fromData(value: unknown): DBusValue {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(fromData);
  if (typeof value !== 'object' || value === null) return value as DBusValue;
  const { variant, bytes, integer, map } = value as Record<string, unknown>;
  if (Array.isArray(variant)) return new Variant(String(variant[0]), fromData(variant[1]));
  if (typeof bytes === 'string') return Uint8Array.from(Buffer.from(bytes, 'hex'));
  if (typeof integer === 'string') return BigInt(integer);
  if (Array.isArray(map))
    return new Map((map as [unknown, unknown][]).map(([key, each]) => [fromData(key), fromData(each)]));
  throw new TypeError('It is no value of a setting.');
}
