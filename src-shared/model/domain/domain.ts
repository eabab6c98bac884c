import { attr, child, children, childText, element, type ModelOf, raw, text } from '../../xml/schema.ts';
import { integer, nonEmpty, oneOf, string, unsigned, uuid, yesNo } from '../../xml/values.ts';
import { kib } from '../size.ts';
import { clockSchema } from './clock.ts';
import { cpuSchema, vcpuSchema, vcpusSchema } from './cpu.ts';
import { devicesSchema } from './devices.ts';
import { featuresSchema } from './features.ts';
import { keywrapSchema, launchSecuritySchema } from './launch-security.ts';
import { maxMemorySchema, memoryBackingSchema, memorySchema, memtuneSchema, numatuneSchema } from './memory.ts';
import { domainNamespaces, namespaceFields } from './namespaces.ts';
import { idmapSchema, osSchema } from './os.ts';
import { securityLabelSchema } from './security-label.ts';
import { sysinfoSchema } from './sysinfo.ts';
import {
  blkiotuneSchema,
  cputuneSchema,
  defaultiothreadSchema,
  iothreadidsSchema,
  perfSchema,
  resourceSchema,
} from './tuning.ts';

export { domainNamespaces };

const virtTypes = oneOf(
  ...(['qemu', 'kqemu', 'kvm', 'xen', 'lxc', 'uml', 'openvz', 'test', 'vmware', 'hyperv'] as const),
  ...(['vbox', 'phyp', 'parallels', 'bhyve', 'vz', 'hvf'] as const),
);

const lifecycleActions = oneOf(
  ...(['destroy', 'restart', 'rename-restart', 'preserve', 'coredump-destroy', 'coredump-restart'] as const),
);

const enabled = (name: string) => child(element(name, { enabled: attr(yesNo) })).optional();

/** Everything inside `<domain>`, for the elements that hold a whole domain under another name. */
export const domainFields = {
  type: attr(virtTypes).describe('The hypervisor: kvm with hardware acceleration, qemu without.'),
  id: attr(integer).optional().describe('The number of the running machine; absent while it is shut off.'),
  name: childText('name', nonEmpty).describe('The name of the machine, unique on its host.'),
  uuid: childText('uuid', uuid).optional().describe('The identity of the machine; chosen when absent.'),
  genid: child(element('genid', { value: text(uuid).optional() }))
    .optional()
    .describe('An id that changes when the machine is cloned or reverted, so that the guest notices.'),
  title: childText('title', string).optional().describe('A short title to show to people.'),
  description: childText('description', string).optional().describe('Any text about the machine.'),
  metadata: raw('metadata').describe('Content of other applications, each in its own XML namespace.'),
  maxMemory: child(maxMemorySchema).optional().describe('How far memory can grow by plugging in modules.'),
  memory: child(memorySchema).optional().describe('The memory of the guest when it starts.'),
  currentMemory: child(kib('currentMemory'))
    .optional()
    .describe('The memory the guest has now; the balloon holds the rest.'),
  blkiotune: child(blkiotuneSchema).optional().describe('Disk I/O shares and limits on the host.'),
  memtune: child(memtuneSchema).optional().describe('Limits of the memory the machine takes on the host.'),
  memoryBacking: child(memoryBackingSchema)
    .optional()
    .describe('Where the memory of the guest comes from: huge pages, locked, shared.'),
  vcpu: child(vcpuSchema).optional().describe('The number of virtual CPUs.'),
  vcpus: child(vcpusSchema).optional().describe('Which virtual CPUs are on, one by one.'),
  iothreads: childText('iothreads', unsigned).optional().describe('How many threads disks may be given for their I/O.'),
  iothreadids: child(iothreadidsSchema).optional().describe('The I/O threads by their numbers.'),
  defaultiothread: child(defaultiothreadSchema).optional(),
  cputune: child(cputuneSchema).optional().describe('Where virtual CPUs run on the host, and their shares and limits.'),
  numatune: child(numatuneSchema).optional().describe('From which NUMA nodes of the host the memory comes.'),
  resource: child(resourceSchema).optional().describe('The partition of the host the machine is accounted to.'),
  sysinfo: children(sysinfoSchema).describe('What firmware tables tell the guest about the machine.'),
  bootloader: childText('bootloader', string).optional().describe('A program on the host that finds the kernel (Xen).'),
  bootloader_args: childText('bootloader_args', string).optional(),
  os: child(osSchema).optional().describe('The board, the firmware and what it boots.'),
  idmap: child(idmapSchema).optional().describe('Which ids of the host the users and groups of a container are.'),
  features: child(featuresSchema).optional().describe('Features of the machine besides its devices.'),
  cpu: child(cpuSchema).optional().describe('The processor the guest sees.'),
  clock: child(clockSchema).optional().describe('What the clock of the guest starts from, and its timers.'),
  on_poweroff: childText('on_poweroff', lifecycleActions)
    .optional()
    .describe('What happens when the guest powers off.'),
  on_reboot: childText('on_reboot', lifecycleActions).optional().describe('What happens when the guest reboots.'),
  on_crash: childText('on_crash', lifecycleActions).optional().describe('What happens when the guest crashes.'),
  on_lockfailure: childText('on_lockfailure', oneOf('poweroff', 'restart', 'pause', 'ignore'))
    .optional()
    .describe('What happens when the lock of a disk is lost.'),
  pm: child(element('pm', { suspendToMem: enabled('suspend-to-mem'), suspendToDisk: enabled('suspend-to-disk') }))
    .optional()
    .describe('Whether the guest may suspend to memory or disk.'),
  perf: child(perfSchema).optional().describe('Performance events counted on the host.'),
  devices: child(devicesSchema).optional().describe('The hardware.'),
  seclabel: children(securityLabelSchema).describe('How a security driver confines the machine.'),
  keywrap: child(keywrapSchema).optional().describe('Key wrapping of mainframes.'),
  launchSecurity: child(launchSecuritySchema)
    .optional()
    .describe('Encryption of the memory of the guest against its host.'),
  ...namespaceFields,
};

/**
 * A machine. Keys are the XML's words (`on_poweroff`, `memoryBacking`); lists are named by their element
 * (`devices.disk`), and an element's own text is `value`, sizes excepted: `memory.KiB`.
 */
export const domainSchema = element('domain', domainFields, { namespaces: domainNamespaces });
export type Domain = ModelOf<typeof domainSchema>;

/** The domain inside a snapshot or checkpoint; an old or requested one may hold no more than its `uuid`. */
export const momentDomainSchema = element('domain', {
  ...domainFields,
  type: domainFields.type.optional(),
  name: domainFields.name.optional(),
});
export type MomentDomain = ModelOf<typeof momentDomainSchema>;

/** The domain of a snapshot or checkpoint, when it holds a whole one. */
export function wholeDomain(domain: MomentDomain | undefined): Domain | undefined {
  if (domain?.type === undefined || domain.name === undefined) return undefined;
  return { ...domain, type: domain.type, name: domain.name };
}
