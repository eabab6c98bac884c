/** Figures of domains: the lists of `virDomainListGetStats`, and the older calls for one thing each. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';
import { need } from '../../../engine/driver.ts';
import type { DomainStats, StatsGroup } from '../../../engine/stats.ts';
import type { DomainReference, TypedParam } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { everyListFlag, wantedDomains } from './domain-list-filter.ts';
import { domainReference } from './references.ts';
import { has, notRunning, onlyFlags, summaryOf } from './shared.ts';
import { asked, int, known, llong, text, uint, ullong } from './typed-params.ts';

const groups = {
  state: 1 << 0,
  cpu: 1 << 1,
  balloon: 1 << 2,
  vcpu: 1 << 3,
  net: 1 << 4,
  block: 1 << 5,
  perf: 1 << 6,
  iothread: 1 << 7,
  memory: 1 << 8,
  dirtyRate: 1 << 9,
  vm: 1 << 10,
} as const;
/** Those the engine answers; the others have nothing to tell of its guests. */
const answered =
  groups.state | groups.cpu | groups.balloon | groups.vcpu | groups.net | groups.block | groups.dirtyRate;
const everyGroup = Object.values(groups).reduce((all, bit) => all | bit, 0);
/** `_NOWAIT`, `_BACKING`, `_ENFORCE_STATS`: nothing here waits, chains are not told, and groups are checked by us. */
const statsFlags = { noWait: 1 << 29, backing: 1 << 30, enforce: 1 << 31 } as const;

const engineGroups: readonly StatsGroup[] = ['cpu', 'balloon', 'vcpu', 'net', 'block'];

function paramsOf(summary: DomainSummary, stats: DomainStats, wanted: number): readonly TypedParam[] {
  const { state, reason } = stats.state;
  const active = summary.id !== undefined;
  return [
    ...(has(wanted, groups.state) ? [int('state.state', state), int('state.reason', reason)] : []),
    ...(has(wanted, groups.cpu) ? cpuParams(stats, summary.type) : []),
    ...(has(wanted, groups.balloon) ? balloonParams(stats) : []),
    ...(has(wanted, groups.vcpu) ? vcpuParams(stats) : []),
    ...(has(wanted, groups.net) && active ? netParams(stats) : []),
    ...(has(wanted, groups.block) ? blockParams(stats, active) : []),
    // Nobody has measured it: the state "unstarted".
    ...(has(wanted, groups.dirtyRate) && active
      ? [
          int('dirtyrate.calc_status', 0),
          llong('dirtyrate.calc_start_time', 0),
          int('dirtyrate.calc_period', 0),
          text('dirtyrate.calc_mode', 'page-sampling'),
        ]
      : []),
  ];
}

function cpuParams({ cpu }: DomainStats, type: string): readonly TypedParam[] {
  if (cpu === undefined) return [];
  return [
    ullong('cpu.time', cpu.timeNs),
    ullong('cpu.user', cpu.userNs),
    ullong('cpu.system', cpu.systemNs),
    uint('cpu.cache.monitor.count', 0),
    // Without KVM there is no polling for a halted processor.
    ...(type === 'kvm' ? [] : [ullong('cpu.haltpoll.success.time', 0), ullong('cpu.haltpoll.fail.time', 0)]),
  ];
}

function balloonParams({ balloon }: DomainStats): readonly TypedParam[] {
  if (balloon === undefined) return [];
  return [
    ullong('balloon.current', balloon.currentKiB),
    ullong('balloon.maximum', balloon.maximumKiB),
    ...known(balloon.swapInKiB, (value) => ullong('balloon.swap_in', value)),
    ...known(balloon.swapOutKiB, (value) => ullong('balloon.swap_out', value)),
    ...known(balloon.majorFaults, (value) => ullong('balloon.major_fault', value)),
    ...known(balloon.minorFaults, (value) => ullong('balloon.minor_fault', value)),
    ...known(balloon.unusedKiB, (value) => ullong('balloon.unused', value)),
    ...known(balloon.availableKiB, (value) => ullong('balloon.available', value)),
    ...known(balloon.usableKiB, (value) => ullong('balloon.usable', value)),
    ...known(balloon.lastUpdateS ?? (balloon.rssKiB === undefined ? undefined : 0), (value) =>
      ullong('balloon.last-update', value),
    ),
    ...known(balloon.diskCachesKiB, (value) => ullong('balloon.disk_caches', value)),
    ...known(balloon.hugetlbAllocations, (value) => ullong('balloon.hugetlb_pgalloc', value)),
    ...known(balloon.hugetlbFailures, (value) => ullong('balloon.hugetlb_pgfail', value)),
    ...known(balloon.rssKiB, (value) => ullong('balloon.rss', value)),
  ];
}

function vcpuParams({ vcpu }: DomainStats): readonly TypedParam[] {
  if (vcpu === undefined) return [];
  return [
    uint('vcpu.current', vcpu.current),
    uint('vcpu.maximum', vcpu.maximum),
    ...vcpu.each.flatMap(({ id, state, timeNs, waitNs, delayNs }) => [
      int(`vcpu.${id}.state`, state),
      ullong(`vcpu.${id}.time`, timeNs),
      ...known(waitNs, (value) => ullong(`vcpu.${id}.wait`, value)),
      ...known(delayNs, (value) => ullong(`vcpu.${id}.delay`, value)),
    ]),
  ];
}

function netParams({ net }: DomainStats): readonly TypedParam[] {
  const cards = net ?? [];
  return [
    uint('net.count', cards.length),
    ...cards.flatMap((card, index) => [
      text(`net.${index}.name`, card.name),
      ullong(`net.${index}.rx.bytes`, card.rxBytes),
      ullong(`net.${index}.rx.pkts`, card.rxPackets),
      ullong(`net.${index}.rx.errs`, card.rxErrors),
      ullong(`net.${index}.rx.drop`, card.rxDropped),
      ullong(`net.${index}.tx.bytes`, card.txBytes),
      ullong(`net.${index}.tx.pkts`, card.txPackets),
      ullong(`net.${index}.tx.errs`, card.txErrors),
      ullong(`net.${index}.tx.drop`, card.txDropped),
    ]),
  ];
}

function blockParams({ block }: DomainStats, active: boolean): readonly TypedParam[] {
  const disks = block ?? [];
  return [
    uint('block.count', disks.length),
    ...disks.flatMap((disk, index) => {
      const name = (what: string): string => `block.${index}.${what}`;
      const figures = [
        ullong(name('rd.reqs'), disk.readRequests),
        ullong(name('rd.bytes'), disk.readBytes),
        ullong(name('rd.times'), disk.readTimeNs),
        ullong(name('wr.reqs'), disk.writeRequests),
        ullong(name('wr.bytes'), disk.writeBytes),
        ullong(name('wr.times'), disk.writeTimeNs),
        ullong(name('fl.reqs'), disk.flushRequests),
        ullong(name('fl.times'), disk.flushTimeNs),
      ];
      return [
        text(name('name'), disk.name),
        ...known(disk.path, (value) => text(name('path'), value)),
        ...known(disk.backingIndex, (value) => uint(name('backingIndex'), value)),
        ...(active ? figures : []),
        ...known(disk.allocationBytes, (value) => ullong(name('allocation'), value)),
        ...known(disk.capacityBytes, (value) => ullong(name('capacity'), value)),
        ...known(disk.physicalBytes, (value) => ullong(name('physical'), value)),
      ];
    }),
  ];
}

/** The running domain's figures of some groups. */
async function figures(
  context: CallContext,
  dom: DomainReference,
  wanted: readonly StatsGroup[],
): Promise<DomainStats> {
  if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
  const [stats] = await need(context.domains, 'stats')([dom.uuid], wanted);
  if (stats === undefined) throw notRunning();
  return stats;
}

type DiskFigures = NonNullable<DomainStats['block']>[number];

async function diskFigures(context: CallContext, dom: DomainReference, path: string): Promise<DiskFigures> {
  const { block } = await figures(context, dom, ['block']);
  const disks = block ?? [];
  if (path === '') return disks.reduce((sum, disk) => added(sum, disk), noFigures);
  const found = disks.find((disk) => disk.name === path) ?? disks.find((disk) => disk.path === path);
  if (found !== undefined) return found;
  throw new VirError({ code: 'invalid-arg', domain: 'qemu', message: `invalid path: ${path}` });
}

const noFigures: DiskFigures = {
  name: '',
  readRequests: 0,
  readBytes: 0,
  readTimeNs: 0,
  writeRequests: 0,
  writeBytes: 0,
  writeTimeNs: 0,
  flushRequests: 0,
  flushTimeNs: 0,
};

const added = (sum: DiskFigures, disk: DiskFigures): DiskFigures => ({
  name: '',
  readRequests: sum.readRequests + disk.readRequests,
  readBytes: sum.readBytes + disk.readBytes,
  readTimeNs: sum.readTimeNs + disk.readTimeNs,
  writeRequests: sum.writeRequests + disk.writeRequests,
  writeBytes: sum.writeBytes + disk.writeBytes,
  writeTimeNs: sum.writeTimeNs + disk.writeTimeNs,
  flushRequests: sum.flushRequests + disk.flushRequests,
  flushTimeNs: sum.flushTimeNs + disk.flushTimeNs,
});

/** `VIR_DOMAIN_MEMORY_STAT_…` */
const memoryTags = {
  swapInKiB: 0,
  swapOutKiB: 1,
  majorFaults: 2,
  minorFaults: 3,
  unusedKiB: 4,
  availableKiB: 5,
  currentKiB: 6,
  rssKiB: 7,
  usableKiB: 8,
  lastUpdateS: 9,
  diskCachesKiB: 10,
  hugetlbAllocations: 11,
  hugetlbFailures: 12,
} as const;

/** libvirt tells the amount first, and the process last. */
const memoryOrder = [
  'currentKiB',
  'swapInKiB',
  'swapOutKiB',
  'majorFaults',
  'minorFaults',
  'unusedKiB',
  'availableKiB',
  'usableKiB',
  'lastUpdateS',
  'diskCachesKiB',
  'hugetlbAllocations',
  'hugetlbFailures',
  'rssKiB',
] as const satisfies readonly (keyof typeof memoryTags)[];

export const domainStatsHandlers = {
  connectGetAllDomainStats: async (context, { doms, stats, flags }) => {
    onlyFlags(
      flags,
      everyListFlag | statsFlags.noWait | statsFlags.backing | statsFlags.enforce,
      'virConnectGetAllDomainStats',
    );
    const unknown = (stats & ~(has(flags, statsFlags.enforce) ? answered : everyGroup)) >>> 0;
    if (unknown !== 0 && has(flags, statsFlags.enforce)) {
      const message = `Stats types bits 0x${unknown.toString(16)} are not supported by this daemon or QEMU`;
      throw new VirError({ code: 'argument-unsupported', domain: 'qemu', message });
    }
    const wanted = stats === 0 ? everyGroup : stats;
    const all =
      doms.length === 0
        ? await context.domains.list()
        : await Promise.all(doms.map(async (dom) => await summaryOf(context, dom)));
    const listed = await wantedDomains(context, all, flags & everyListFlag);
    if (listed.length === 0) return { retStats: [] };
    const found = await need(context.domains, 'stats')(
      listed.map(({ uuid }) => uuid),
      engineGroups.filter((group) => has(wanted, groups[group])),
    );
    const summaries = new Map(listed.map((summary) => [summary.uuid, summary]));
    return {
      retStats: found.flatMap((figures) => {
        const summary = summaries.get(figures.uuid);
        return summary === undefined
          ? []
          : [{ dom: domainReference(summary), params: paramsOf(summary, figures, wanted) }];
      }),
    };
  },

  domainMemoryStats: async (context, { dom, maxStats, flags }) => {
    onlyFlags(flags, 0, 'virDomainMemoryStats');
    const { balloon } = await figures(context, dom, ['balloon']);
    if (balloon === undefined) return { stats: [] };
    const values: Readonly<Record<string, number | undefined>> = { lastUpdateS: 0, ...balloon };
    const stats = memoryOrder.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [{ tag: memoryTags[name], val: BigInt(value) }];
    });
    return { stats: stats.slice(0, maxStats) };
  },

  domainBlockStats: async (context, { dom, path }) => {
    const disk = await diskFigures(context, dom, path);
    return {
      rdReq: BigInt(disk.readRequests),
      rdBytes: BigInt(disk.readBytes),
      wrReq: BigInt(disk.writeRequests),
      wrBytes: BigInt(disk.writeBytes),
      errs: -1n,
    };
  },

  domainBlockStatsFlags: async (context, { dom, path, nparams, flags }) => {
    // `VIR_TYPED_PARAM_STRING_OKAY`: newer clients say that they understand text.
    onlyFlags(flags, 4, 'virDomainBlockStatsFlags');
    const disk = await diskFigures(context, dom, path);
    return asked(
      [
        llong('wr_bytes', disk.writeBytes),
        llong('wr_operations', disk.writeRequests),
        llong('rd_bytes', disk.readBytes),
        llong('rd_operations', disk.readRequests),
        llong('flush_operations', disk.flushRequests),
        llong('wr_total_times', disk.writeTimeNs),
        llong('rd_total_times', disk.readTimeNs),
        llong('flush_total_times', disk.flushTimeNs),
      ],
      nparams,
    );
  },

  domainInterfaceStats: async (context, { dom, device }) => {
    const { net } = await figures(context, dom, ['net']);
    const card = net?.find(({ name }) => name === device);
    if (card === undefined) {
      throw new VirError({ code: 'invalid-arg', domain: 'qemu', message: `'${device}' is not a known interface` });
    }
    return {
      rxBytes: BigInt(card.rxBytes),
      rxPackets: BigInt(card.rxPackets),
      rxErrs: BigInt(card.rxErrors),
      rxDrop: BigInt(card.rxDropped),
      txBytes: BigInt(card.txBytes),
      txPackets: BigInt(card.txPackets),
      txErrs: BigInt(card.txErrors),
      txDrop: BigInt(card.txDropped),
    };
  },
} satisfies RemoteHandlers;
