/** Shares and limits the host enforces: CPU time and placement, disk I/O, I/O threads, resource partition. */
import { attr, child, children, childText, element, type ModelOf } from '../../xml/schema.ts';
import { idSet, integer, oneOf, sizeUnit, string, unsigned, yesNo } from '../../xml/values.ts';

const count = (name: string) => childText(name, unsigned).optional();

export const blkiotuneSchema = element('blkiotune', {
  weight: count('weight'),
  device: children(
    element('device', {
      path: childText('path', string),
      weight: count('weight'),
      read_iops_sec: count('read_iops_sec'),
      write_iops_sec: count('write_iops_sec'),
      read_bytes_sec: count('read_bytes_sec'),
      write_bytes_sec: count('write_bytes_sec'),
    }),
  ),
});
export type Blkiotune = ModelOf<typeof blkiotuneSchema>;

const threadPool = {
  thread_pool_min: attr(unsigned).optional(),
  thread_pool_max: attr(unsigned).optional(),
};

const poll = child(
  element('poll', {
    max: attr(unsigned).optional(),
    grow: attr(unsigned).optional(),
    shrink: attr(unsigned).optional(),
  }),
).optional();

export const iothreadidsSchema = element('iothreadids', {
  iothread: children(element('iothread', { id: attr(unsigned), ...threadPool, poll })),
});

export const defaultiothreadSchema = element('defaultiothread', threadPool);

const scheduling = {
  scheduler: attr(oneOf('batch', 'idle', 'fifo', 'rr')),
  priority: attr(integer).optional(),
};

const quota = (name: string) => childText(name, integer).optional();

const cacheMonitor = element('monitor', { level: attr(unsigned), vcpus: attr(idSet) });
const memoryMonitor = element('monitor', { vcpus: attr(idSet) });

const cachetune = element('cachetune', {
  vcpus: attr(idSet),
  id: attr(string).optional(),
  cache: children(
    element('cache', {
      id: attr(unsigned),
      level: attr(unsigned),
      type: attr(oneOf('both', 'code', 'data')),
      size: attr(unsigned),
      unit: attr(sizeUnit).optional(),
    }),
  ),
  monitor: children(cacheMonitor),
});

const memorytune = element('memorytune', {
  vcpus: attr(idSet),
  id: attr(string).optional(),
  node: children(element('node', { id: attr(unsigned), bandwidth: attr(unsigned) })),
  monitor: children(memoryMonitor),
});

type Group = ModelOf<typeof cachetune> | ModelOf<typeof memorytune>;

/** Groups of CPUs the hardware tells apart: a CPU is in one group, and a group has one share of each cache or node. */
function checkGroups(groups: { cachetune: ModelOf<typeof cachetune>[]; memorytune: ModelOf<typeof memorytune>[] }) {
  for (const { vcpus, cache } of groups.cachetune) {
    const shares = cache.map(({ level, id, type }) => `cache ${id} of level ${level} (${type})`);
    const twice = shares.find((share, place) => shares.indexOf(share) !== place);
    if (twice !== undefined) return `The CPUs ${vcpus.join(',')} get ${twice} twice.`;
    const mixed = cache.find(
      (one) =>
        one.type === 'both' && cache.some((other) => other !== one && other.id === one.id && other.level === one.level),
    );
    if (mixed !== undefined) return `Cache ${mixed.id} of level ${mixed.level} is given as 'both' and in parts.`;
  }
  for (const { vcpus, node } of groups.memorytune) {
    const twice = node.find(({ id }, place) => node.findIndex((other) => other.id === id) !== place);
    if (twice !== undefined) return `The CPUs ${vcpus.join(',')} get bandwidth of node ${twice.id} twice.`;
  }
  const all: Group[] = [...groups.cachetune, ...groups.memorytune];
  for (const [place, group] of all.entries()) {
    const stranger = group.monitor.flatMap(({ vcpus }) => vcpus).find((id) => !group.vcpus.includes(id));
    if (stranger !== undefined) return `CPU ${stranger} is monitored in a group it is not in.`;
    for (const other of all.slice(0, place)) {
      const same = group.vcpus.join() === other.vcpus.join();
      const overlap = group.vcpus.find((id) => other.vcpus.includes(id));
      const kinds = 'cache' in group === 'cache' in other;
      if (overlap !== undefined && (kinds || !same)) return `CPU ${overlap} is in two cache or bandwidth groups.`;
    }
  }
  return undefined;
}

export const cputuneSchema = element(
  'cputune',
  {
    shares: count('shares'),
    period: count('period'),
    quota: quota('quota'),
    global_period: count('global_period'),
    global_quota: quota('global_quota'),
    emulator_period: count('emulator_period'),
    emulator_quota: quota('emulator_quota'),
    iothread_period: count('iothread_period'),
    iothread_quota: quota('iothread_quota'),
    vcpupin: children(element('vcpupin', { vcpu: attr(unsigned), cpuset: attr(idSet) })),
    emulatorpin: child(element('emulatorpin', { cpuset: attr(idSet) })).optional(),
    iothreadpin: children(element('iothreadpin', { iothread: attr(unsigned), cpuset: attr(idSet) })),
    emulatorsched: child(element('emulatorsched', scheduling)).optional(),
    vcpusched: children(element('vcpusched', { vcpus: attr(idSet), ...scheduling })),
    iothreadsched: children(element('iothreadsched', { iothreads: attr(idSet), ...scheduling })),
    cachetune: children(cachetune),
    memorytune: children(memorytune),
  },
  { check: checkGroups },
);
export type Cputune = ModelOf<typeof cputuneSchema>;

export const resourceSchema = element('resource', {
  partition: childText('partition', string).optional(),
  fibrechannel: child(element('fibrechannel', { appid: attr(string) })).optional(),
});

export const perfSchema = element('perf', {
  event: children(element('event', { name: attr(string), enabled: attr(yesNo) })),
});
