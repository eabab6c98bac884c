/**
 * What only one hypervisor understands, in that hypervisor's XML namespace. Documents may choose other prefixes; these
 * are what libvirt writes.
 */
import { attr, child, children, childText, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, string } from '../../xml/values.ts';

export const domainNamespaces = {
  qemu: 'http://libvirt.org/schemas/domain/qemu/1.0',
  lxc: 'http://libvirt.org/schemas/domain/lxc/1.0',
  xen: 'http://libvirt.org/schemas/domain/xen/1.0',
  bhyve: 'http://libvirt.org/schemas/domain/bhyve/1.0',
  vmware: 'http://libvirt.org/schemas/domain/vmware/1.0',
} as const;

const argument = (prefix: string) => element(`${prefix}:arg`, { value: attr(string) });

/** Arguments and environment handed to QEMU as they stand. */
export const qemuCommandlineSchema = element('qemu:commandline', {
  arg: children(argument('qemu')),
  env: children(element('qemu:env', { name: attr(string), value: attr(string).optional() })),
});
export type QemuCommandline = ModelOf<typeof qemuCommandlineSchema>;

const capability = (name: string) => children(element(name, { capability: attr(string) }));

export const qemuCapabilitiesSchema = element('qemu:capabilities', {
  add: capability('qemu:add'),
  del: capability('qemu:del'),
});

/** QEMU properties set over what the device's XML says. */
export const qemuOverrideSchema = element('qemu:override', {
  device: children(
    element('qemu:device', {
      alias: attr(string),
      frontend: child(
        element('qemu:frontend', {
          property: children(
            element('qemu:property', {
              name: attr(string),
              type: attr(oneOf('signed', 'unsigned', 'bool', 'string', 'remove')),
              value: attr(string).optional(),
            }),
          ),
        }),
      ).optional(),
    }),
  ),
});
export type QemuOverride = ModelOf<typeof qemuOverrideSchema>;

export const qemuDeprecationSchema = element('qemu:deprecation', { behavior: attr(string).optional() });

const shared = (name: string) =>
  child(
    element(name, { type: attr(oneOf('none', 'netns', 'name', 'pid')), value: attr(string).optional() }),
  ).optional();

/** Namespaces of the host a container shares. */
export const lxcNamespaceSchema = element(
  'lxc:namespace',
  {
    sharenet: shared('lxc:sharenet'),
    shareipc: shared('lxc:shareipc'),
    shareuts: shared('lxc:shareuts'),
  },
  { endTag: 'always' },
);

export const namespaceFields = {
  qemuCommandline: child(qemuCommandlineSchema).optional(),
  qemuCapabilities: child(qemuCapabilitiesSchema).optional(),
  qemuOverride: child(qemuOverrideSchema).optional(),
  qemuDeprecation: child(qemuDeprecationSchema).optional(),
  lxcNamespace: child(lxcNamespaceSchema).optional(),
  xenCommandline: child(element('xen:commandline', { arg: children(argument('xen')) })).optional(),
  bhyveCommandline: child(element('bhyve:commandline', { arg: children(argument('bhyve')) })).optional(),
  vmwareDatacenterpath: childText('vmware:datacenterpath', string).optional(),
  vmwareMoref: childText('vmware:moref', string).optional(),
};
