/** Statistics as the server counts them, one typed parameter a figure. */
import type { DomainStats, StatsGroup } from '../../engine/stats.ts';
import type { DomainReference, TypedParam } from '../../rpc/protocol/objects.ts';
import { bits } from './flags.ts';

/** `virDomainStatsTypes`; the state always comes along. */
export function statsFlags(groups: readonly StatsGroup[] = ['cpu', 'balloon', 'vcpu', 'net', 'block']): number {
  const has = (group: StatsGroup): boolean => groups.includes(group);
  return bits([1, true], [2, has('cpu')], [4, has('balloon')], [8, has('vcpu')], [16, has('net')], [32, has('block')]);
}

type Figures = ReadonlyMap<string, number | string>;

export function readStats(record: {
  readonly dom: DomainReference;
  readonly params: readonly TypedParam[];
}): DomainStats {
  const figures: Figures = new Map(
    record.params.map(({ field, value }) => [field, value.type === 'string' ? value.value : Number(value.value)]),
  );
  const at = (name: string): number | undefined => {
    const value = figures.get(name);
    return typeof value === 'number' ? value : undefined;
  };
  /** libvirtd lists what it has no counters of, such as user networking: that has no figures here, not zeros. */
  const counted = <T>(kind: string, figure: string, read: (name: string) => T): readonly T[] | undefined => {
    const names = Array.from({ length: at(`${kind}.count`) ?? 0 }, (_, index) => `${kind}.${index}`);
    const those = names.filter((name) => at(`${name}.${figure}`) !== undefined);
    return those.length === 0 ? undefined : those.map(read);
  };
  const groups = {
    cpu: cpu(at),
    balloon: balloon(at),
    vcpu: vcpu(at),
    net: counted('net', 'rx.bytes', (name) => net(figures, at, name)),
    block: counted('block', 'rd.bytes', (name) => block(figures, at, name)),
  };
  return {
    uuid: record.dom.uuid,
    name: record.dom.name,
    state: { state: at('state.state') ?? 0, reason: at('state.reason') ?? 0 },
    ...present(groups),
  };
}

type At = (name: string) => number | undefined;

function cpu(at: At): DomainStats['cpu'] {
  const timeNs = at('cpu.time');
  if (timeNs === undefined) return undefined;
  return { timeNs, userNs: at('cpu.user') ?? 0, systemNs: at('cpu.system') ?? 0 };
}

function balloon(at: At): DomainStats['balloon'] {
  const currentKiB = at('balloon.current');
  const maximumKiB = at('balloon.maximum');
  if (currentKiB === undefined || maximumKiB === undefined) return undefined;
  return {
    currentKiB,
    maximumKiB,
    ...present({
      rssKiB: at('balloon.rss'),
      availableKiB: at('balloon.available'),
      unusedKiB: at('balloon.unused'),
      usableKiB: at('balloon.usable'),
      swapInKiB: at('balloon.swap_in'),
      swapOutKiB: at('balloon.swap_out'),
      majorFaults: at('balloon.major_fault'),
      minorFaults: at('balloon.minor_fault'),
      lastUpdateS: at('balloon.last-update'),
    }),
  };
}

function vcpu(at: At): DomainStats['vcpu'] {
  const current = at('vcpu.current');
  const maximum = at('vcpu.maximum');
  if (current === undefined || maximum === undefined) return undefined;
  const all = Array.from({ length: maximum }, (_, id) => {
    const state = at(`vcpu.${id}.state`);
    if (state === undefined) return undefined;
    return { id, state, timeNs: at(`vcpu.${id}.time`) ?? 0, ...present({ waitNs: at(`vcpu.${id}.wait`) }) };
  });
  return { current, maximum, each: all.filter((one) => one !== undefined) };
}

function net(figures: Figures, at: At, name: string): NonNullable<DomainStats['net']>[number] {
  const count = (figure: string): number => at(`${name}.${figure}`) ?? 0;
  return {
    name: String(figures.get(`${name}.name`) ?? ''),
    rxBytes: count('rx.bytes'),
    rxPackets: count('rx.pkts'),
    rxErrors: count('rx.errs'),
    rxDropped: count('rx.drop'),
    txBytes: count('tx.bytes'),
    txPackets: count('tx.pkts'),
    txErrors: count('tx.errs'),
    txDropped: count('tx.drop'),
  };
}

function block(figures: Figures, at: At, name: string): NonNullable<DomainStats['block']>[number] {
  const count = (figure: string): number => at(`${name}.${figure}`) ?? 0;
  const path = figures.get(`${name}.path`);
  return {
    name: String(figures.get(`${name}.name`) ?? ''),
    ...(path === undefined ? {} : { path: String(path) }),
    readRequests: count('rd.reqs'),
    readBytes: count('rd.bytes'),
    readTimeNs: count('rd.times'),
    writeRequests: count('wr.reqs'),
    writeBytes: count('wr.bytes'),
    writeTimeNs: count('wr.times'),
    flushRequests: count('fl.reqs'),
    flushTimeNs: count('fl.times'),
    ...present({
      allocationBytes: at(`${name}.allocation`),
      capacityBytes: at(`${name}.capacity`),
      physicalBytes: at(`${name}.physical`),
    }),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The entries that have a value. */
function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
