/** What may differ between two hosts of the same machines is made the same before it is compared. */
import type { Answer, Side } from './side.ts';

interface Rule {
  readonly command: RegExp;
  readonly pattern: RegExp;
  readonly put: string;
}

/** Figures that are measured, not decided. */
const rules: readonly Rule[] = [
  // Virtual terminals, ports and processes are whatever is free.
  { command: /./, pattern: /\/dev\/pts\/\d+/g, put: '/dev/pts/N' },
  { command: /dumpxml|managedsave-dumpxml/, pattern: /port='59\d\d'/g, put: "port='59NN'" },
  { command: /^(domdisplay|vncdisplay)/, pattern: /:\d+$/gm, put: ':N' },
  // Rates differ from moment to moment, and a host's memory may be given and taken.
  { command: /^nodeinfo/, pattern: /(CPU frequency: +|Memory size: +)\d+/g, put: '$1N' },
  { command: /^capabilities/, pattern: /(<memory unit='KiB'>|<pages unit='KiB' size='4'>)\d+/g, put: '$1N' },
  { command: /dumpxml/, pattern: /path='[^']*(\/org\.qemu\.guest_agent\.0')/g, put: "path='…$1" },
  { command: /^freecell/, pattern: /\d+ KiB/g, put: 'N KiB' },
  { command: /^(nodecpustats|nodememstats)/, pattern: / +\d+/g, put: ' N' },
  { command: /^capabilities/, pattern: /<uuid>[-\w]+<\/uuid>/, put: '<uuid>U</uuid>' },
  { command: /^capabilities/, pattern: /(<counter name='tsc' frequency=')\d+/, put: '$1N' },
  { command: /^(dominfo)/, pattern: /(CPU time: +)[\d.]+/, put: '$1N' },
  { command: /^vcpuinfo/, pattern: /(CPU time: +)[\d.]+/, put: '$1N' },
  { command: /^vcpuinfo/, pattern: /(CPU: +)\d+/, put: '$1N' },
  { command: /^domstats/, pattern: /((?:time|user|system|wait|delay|rss|times)=)\d+/g, put: '$1N' },
  { command: /^domstats/, pattern: /(\.rd\.(?:reqs|bytes)=)\d+/g, put: '$1N' },
  // How much the firmware has read by then.
  { command: /^domblkstat/, pattern: /((?:rd_\w+|\w+_total_times) )\d+/g, put: '$1N' },
  { command: /^domblkstat/, pattern: /((?:read|duration)[^:\n]*: +)\d+/g, put: '$1N' },
  {
    command: /^dommemstat/,
    pattern:
      /^((?:rss|swap_in|swap_out|major_fault|minor_fault|unused|available|usable|last_update|disk_caches|hugetlb_\w+) )\d+/gm,
    put: '$1N',
  },
  { command: /^domtime/, pattern: /Time: \d+/, put: 'Time: N' },
  { command: /^(pool-info|pool-list|vol-list)/, pattern: /[\d.]+ (GiB|TiB)/g, put: 'N $1' },
  { command: /^pool-info brief/, pattern: /(UUID: +)[-\w]+/, put: '$1U' },
  { command: /^pool-dumpxml/, pattern: /(<(capacity|allocation|available) unit='bytes'>)[1-9]\d*/g, put: '$1N' },
  { command: /^(pool|vol)-dumpxml/, pattern: /<(owner|group)>\d+</g, put: '<$1>N<' },
  { command: /^vol-dumpxml/, pattern: /<([amc]time|btime)>[\d.]+</g, put: '<$1>T<' },
  { command: /^snapshot-(list|current)/, pattern: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+\d{4}/g, put: 'T' },
  // libvirt's notes to itself, and the definition, which `dumpxml` compares.
  { command: /^snapshot-current/, pattern: /<creationTime>\d+</, put: '<creationTime>T<' },
  { command: /^net-dumpxml/, pattern: /52:54:00(:\w\w){3}/, put: 'MAC' },
  { command: /^domjobinfo/, pattern: /([\d.]+) (ms|MiB|KiB)/g, put: 'N $2' },
  { command: /^qemu-monitor-command/, pattern: /"id":"libvirt-\d+"/, put: '"id":"libvirt-N"' },
  { command: /^event/, pattern: /\d+( ms|$)/gm, put: 'N$1' },
  // A firmware that finds nothing to boot resets itself, as often as the host is fast; each time is told.
  { command: /^event/, pattern: /event 'reboot' for domain '\w+'\n/g, put: '' },
  // A query of QEMU may be under way.
  { command: /^domcontrol/, pattern: /occupied \([\d.]+s\)/, put: 'ok' },
  // A guest that has begun to answer gets its second and third address some time later.
  { command: /^domifaddr linux/, pattern: /^ *-.*\n?/gm, put: '' },
  { command: /^(qemu-agent-command|guestinfo)/, pattern: /\d{6,}/g, put: 'N' },
  // What the shell of this run has in its environment is libvirtd's, not the machine's.
  { command: /^domxml-to-native/, pattern: /^LC_ALL=C .*?(?=\/usr\/bin\/qemu-system)/m, put: '' },
];

/** An answer's lines, as they are compared. */
export function normalised(side: Side, answer: Answer): readonly string[] {
  const raw = [`exit ${answer.exitCode}`, answer.stdout.trimEnd(), answer.stderr.trimEnd()]
    .filter((text) => text !== '')
    .join('\n')
    .replaceAll(side.uri, '@URI@')
    .replaceAll(side.folder, '@DIR@')
    // Tables are as wide as their longest path.
    .replaceAll(/-{6,}/g, '------')
    .replaceAll(/ {3,}/g, '   ');
  const applied = rules
    .filter(({ command }) => command.test(answer.command))
    .reduce((text, { pattern, put }) => text.replaceAll(asGlobal(pattern), put), raw);
  return applied
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}

const asGlobal = (pattern: RegExp): RegExp =>
  pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`);
