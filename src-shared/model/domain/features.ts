import { attr, child, element, type Field, flag, type ModelOf } from '../../xml/schema.ts';
import { oneOf, onOff, string, unsigned, yesNo } from '../../xml/values.ts';
import { kib, prettyBytes } from '../size.ts';

/** `<pmu state='on'/>`; the bare element means on. */
const toggle = (name: string) => child(element(name, { state: attr(onOff).default(true) })).optional();

/** The same for many elements whose name is their key. */
function toggles<const W extends readonly string[]>(
  ...names: W
): { [K in W[number]]: Field<{ state: boolean }, 'optional'> } {
  return Object.fromEntries(names.map((name) => [name, toggle(name)])) as {
    [K in W[number]]: Field<{ state: boolean }, 'optional'>;
  };
}

/** Enlightenments that make Windows guests quick. */
const hyperv = element(
  'hyperv',
  {
    mode: attr(oneOf('custom', 'passthrough')).default('custom'),
    ...toggles('relaxed', 'vapic'),
    spinlocks: child(
      element('spinlocks', { state: attr(onOff).default(true), retries: attr(unsigned).optional() }),
    ).optional(),
    ...toggles('vpindex', 'runtime', 'synic'),
    stimer: child(element('stimer', { state: attr(onOff).default(true), direct: toggle('direct') })).optional(),
    ...toggles('reset'),
    vendor_id: child(
      element('vendor_id', { state: attr(onOff).default(true), value: attr(string).optional() }),
    ).optional(),
    ...toggles('frequencies', 'reenlightenment'),
    tlbflush: child(
      element('tlbflush', {
        state: attr(onOff).default(true),
        direct: toggle('direct'),
        extended: toggle('extended'),
      }),
    ).optional(),
    ...toggles('ipi', 'evmcs', 'avic', 'emsr_bitmap', 'xmm_input'),
  },
  { endTag: 'always' },
);
export type HypervFeatures = ModelOf<typeof hyperv>;

const kvm = element(
  'kvm',
  {
    hidden: toggle('hidden'),
    hintDedicated: toggle('hint-dedicated'),
    pollControl: toggle('poll-control'),
    pvIpi: toggle('pv-ipi'),
    dirtyRing: child(
      element('dirty-ring', { state: attr(onOff).default(true), size: attr(unsigned).optional() }),
    ).optional(),
  },
  { endTag: 'always' },
);

const xen = element(
  'xen',
  {
    e820_host: toggle('e820_host'),
    passthrough: child(
      element('passthrough', { state: attr(onOff).default(true), mode: attr(oneOf('sync_pt', 'share_pt')).optional() }),
    ).optional(),
  },
  { endTag: 'always' },
);

/** What a container's processes may do, by Linux capability. */
const capabilities = element('capabilities', {
  policy: attr(oneOf('default', 'allow', 'deny')).optional(),
  ...toggles(
    ...(['audit_control', 'audit_write', 'block_suspend', 'chown', 'dac_override', 'dac_read_search'] as const),
    ...(['fowner', 'fsetid', 'ipc_lock', 'ipc_owner', 'kill', 'lease', 'linux_immutable', 'mac_admin'] as const),
    ...(['mac_override', 'mknod', 'net_admin', 'net_bind_service', 'net_broadcast', 'net_raw', 'setgid'] as const),
    ...(['setfcap', 'setpcap', 'setuid', 'sys_admin', 'sys_boot', 'sys_chroot', 'sys_module', 'sys_nice'] as const),
    ...(['sys_pacct', 'sys_ptrace', 'sys_rawio', 'sys_resource', 'sys_time', 'sys_tty_config'] as const),
    ...(['syslog', 'wake_alarm'] as const),
  ),
});

const mitigation = oneOf('broken', 'workaround', 'fixed');

/** Features of the machine besides its devices, in libvirt's order. */
export const featuresSchema = element('features', {
  acpi: flag('acpi'),
  apic: child(element('apic', { eoi: attr(onOff).optional() })).optional(),
  pae: flag('pae'),
  hap: toggle('hap'),
  viridian: flag('viridian'),
  privnet: flag('privnet'),
  hyperv: child(hyperv).optional(),
  kvm: child(kvm).optional(),
  pvspinlock: toggle('pvspinlock'),
  capabilities: child(capabilities).optional(),
  pmu: toggle('pmu'),
  vmport: toggle('vmport'),
  gic: child(element('gic', { version: attr(oneOf('host', '2', '3')).optional() })).optional(),
  smm: child(
    element('smm', { state: attr(onOff).default(true), tseg: child(prettyBytes('tseg', 'MiB')).optional() }),
  ).optional(),
  ioapic: child(element('ioapic', { driver: attr(oneOf('qemu', 'kvm')) })).optional(),
  hpt: child(
    element('hpt', {
      resizing: attr(oneOf('enabled', 'disabled', 'required')).optional(),
      maxpagesize: child(kib('maxpagesize')).optional(),
    }),
  ).optional(),
  vmcoreinfo: toggle('vmcoreinfo'),
  htm: toggle('htm'),
  nestedHv: toggle('nested-hv'),
  msrs: child(element('msrs', { unknown: attr(oneOf('ignore', 'fault')) })).optional(),
  ccfAssist: toggle('ccf-assist'),
  xen: child(xen).optional(),
  cfpc: child(element('cfpc', { value: attr(mitigation) })).optional(),
  sbbc: child(element('sbbc', { value: attr(mitigation) })).optional(),
  ibs: child(
    element('ibs', { value: attr(oneOf('broken', 'workaround', 'fixed-ibs', 'fixed-ccd', 'fixed-na')) }),
  ).optional(),
  tcg: child(element('tcg', { tbCache: child(kib('tb-cache', undefined, 'MiB')).optional() })).optional(),
  asyncTeardown: child(element('async-teardown', { enabled: attr(yesNo).default(true) })).optional(),
  ras: toggle('ras'),
  ps2: toggle('ps2'),
});
export type Features = ModelOf<typeof featuresSchema>;
