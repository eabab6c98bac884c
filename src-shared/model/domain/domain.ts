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
  type: attr(virtTypes),
  id: attr(integer).optional(),
  name: childText('name', nonEmpty),
  uuid: childText('uuid', uuid).optional(),
  genid: child(element('genid', { value: text(uuid).optional() })).optional(),
  title: childText('title', string).optional(),
  description: childText('description', string).optional(),
  metadata: raw('metadata'),
  maxMemory: child(maxMemorySchema).optional(),
  memory: child(memorySchema).optional(),
  currentMemory: child(kib('currentMemory')).optional(),
  blkiotune: child(blkiotuneSchema).optional(),
  memtune: child(memtuneSchema).optional(),
  memoryBacking: child(memoryBackingSchema).optional(),
  vcpu: child(vcpuSchema).optional(),
  vcpus: child(vcpusSchema).optional(),
  iothreads: childText('iothreads', unsigned).optional(),
  iothreadids: child(iothreadidsSchema).optional(),
  defaultiothread: child(defaultiothreadSchema).optional(),
  cputune: child(cputuneSchema).optional(),
  numatune: child(numatuneSchema).optional(),
  resource: child(resourceSchema).optional(),
  sysinfo: children(sysinfoSchema),
  bootloader: childText('bootloader', string).optional(),
  bootloader_args: childText('bootloader_args', string).optional(),
  os: child(osSchema).optional(),
  idmap: child(idmapSchema).optional(),
  features: child(featuresSchema).optional(),
  cpu: child(cpuSchema).optional(),
  clock: child(clockSchema).optional(),
  on_poweroff: childText('on_poweroff', lifecycleActions).optional(),
  on_reboot: childText('on_reboot', lifecycleActions).optional(),
  on_crash: childText('on_crash', lifecycleActions).optional(),
  on_lockfailure: childText('on_lockfailure', oneOf('poweroff', 'restart', 'pause', 'ignore')).optional(),
  pm: child(
    element('pm', { suspendToMem: enabled('suspend-to-mem'), suspendToDisk: enabled('suspend-to-disk') }),
  ).optional(),
  perf: child(perfSchema).optional(),
  devices: child(devicesSchema).optional(),
  seclabel: children(securityLabelSchema),
  keywrap: child(keywrapSchema).optional(),
  launchSecurity: child(launchSecuritySchema).optional(),
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
