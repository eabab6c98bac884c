import { isQ35 } from '../passes/machine-kind.ts';
import { aliasOf } from '../devices/properties.ts';
import { pflashNodes } from './firmware.ts';
import type { BuildContext, Section } from './types.ts';

const onOff = (value: boolean): string => (value ? 'on' : 'off');

/** The board, and what is switched on and off of it. */
export const machine: Section = (options, context) => {
  const { domain, capabilities, launch } = context;
  const { features, os, memoryBacking } = domain;
  const parts = [os.type.machine ?? '', 'usb=off'];
  if (features?.vmport !== undefined) parts.push(`vmport=${onOff(features.vmport.state)}`);
  if (features?.smm !== undefined) parts.push(`smm=${onOff(features.smm.state)}`);
  if (features?.ioapic !== undefined)
    parts.push(`kernel_irqchip=${features.ioapic.driver === 'qemu' ? 'split' : 'on'}`);
  const dumpCore = domain.memory.dumpCore ?? launch.dumpGuestCore ?? false;
  parts.push(`dump-guest-core=${onOff(dumpCore)}`);
  if (memoryBacking?.nosharepages === true) parts.push('mem-merge=off');
  parts.push(...memoryDevices(context));
  const ram = defaultRam(context);
  if ((domain.cpu?.numa?.cell ?? []).length === 0 && ram !== undefined) parts.push(`memory-backend=${ram}`);
  if (domain.launchSecurity?.type === 'sev') {
    const isNew = capabilities.hasProperty('none-machine', 'confidential-guest-support');
    parts.push(`${isNew ? 'confidential-guest-support' : 'memory-encryption'}=lsec0`);
  }
  const { code, variables } = pflashNodes(domain);
  if (code !== undefined) parts.push(`pflash0=${code}`);
  if (variables !== undefined) parts.push(`pflash1=${variables}`);
  if (hasMemoryAttributes(context)) parts.push('hmat=on');
  if (os.bios?.useserial === true) parts.push('graphics=off');
  if (hasAcpiSwitch(domain, capabilities)) parts.push(`acpi=${onOff(features?.acpi === true)}`);
  const hpet = domain.clock?.timer.find((timer) => timer.name === 'hpet');
  if (hpet?.present !== undefined && capabilities.hasOption('machine', 'hpet'))
    parts.push(`hpet=${onOff(hpet.present)}`);
  options.add('-machine', parts.join(','));
};

function memoryDevices({ domain }: BuildContext): string[] {
  const parts: string[] = [];
  if (domain.devices.memory.some((device) => device.model === 'nvdimm')) parts.push('nvdimm=on');
  domain.devices.memory
    .filter((device) => device.model === 'sgx-epc')
    .forEach((device, place) => {
      const node = device.target.node ?? 0;
      parts.push(`sgx-epc.${place}.memdev=mem${aliasOf(device)}`, `sgx-epc.${place}.node=${node}`);
    });
  return parts;
}

/** QEMU's name of the guest's memory, when this QEMU lets it be given as an object. */
export const defaultRam = ({ domain, capabilities }: BuildContext): string | undefined =>
  capabilities.machines.find((item) => item.name === domain.os.type.machine)?.defaultRamId;

/** Memory of different speeds is described to the guest. */
export function hasMemoryAttributes({ domain }: BuildContext): boolean {
  const numa = domain.cpu?.numa;
  if (numa === undefined) return false;
  return numa.interconnects !== undefined || numa.cell.some((cell) => cell.cache.length > 0);
}

export const accelerator: Section = (options, { domain }) => {
  const { features } = domain;
  if (domain.type === 'kvm') {
    const ring = features?.kvm?.dirtyRing;
    options.add('-accel', ring?.state === true ? `kvm,dirty-ring-size=${ring.size ?? 0}` : 'kvm');
    return;
  }
  const cacheKiB = features?.tcg?.tbCache?.KiB ?? 0;
  options.add('-accel', cacheKiB > 0 ? `tcg,tb-size=${Math.floor(cacheKiB / 1024)}` : 'tcg');
};

export const systemManagementMemory: Section = (options, { domain }) => {
  const tseg = domain.features?.smm?.tseg;
  if (tseg === undefined) return;
  options.add('-global', `mch.extended-tseg-mbytes=${Math.floor(tseg.bytes / 1024 / 1024)}`);
};

export const processors: Section = (options, { domain, capabilities }) => {
  const { vcpu, vcpus, cpu } = domain;
  const most = vcpu.value;
  const atStart =
    vcpus === undefined
      ? (vcpu.current ?? most)
      : vcpus.vcpu.filter((item) => item.enabled && item.hotpluggable !== true).length;
  const parts = [String(atStart)];
  if (atStart !== most) parts.push(`maxcpus=${most}`);
  const { sockets, dies = 1, cores, threads } = cpu?.topology ?? { sockets: most, cores: 1, threads: 1 };
  parts.push(`sockets=${sockets}`);
  const knowsDies = capabilities.schemaHas('query-hotpluggable-cpus/ret-type/props/die-id');
  if (cpu?.topology !== undefined && knowsDies) parts.push(`dies=${dies}`);
  parts.push(`cores=${cores}`, `threads=${threads}`);
  options.add('-smp', parts.join(','));
};

/** ACPI is a setting of the board; QEMUs that do not say so have an option of its own for it. */
const hasAcpiSwitch = ({ os }: BuildContext['domain'], { machines }: BuildContext['capabilities']): boolean =>
  machines.find((item) => item.name === os.type.machine)?.acpi !== undefined;

/** Suspend and hibernation of the guest. */
export const powerManagement: Section = (options, { domain, capabilities }) => {
  // Newer QEMUs are told over QMP what a reset does; older ones end with it when the machine is not to come back.
  const endsAtReset =
    domain.on_reboot === 'destroy' && domain.on_poweroff === 'destroy' && domain.on_crash === 'destroy';
  options.add(endsAtReset && !capabilities.hasCommand('set-action') ? '-no-reboot' : '-no-shutdown');
  if (domain.features?.acpi !== true && !hasAcpiSwitch(domain, capabilities)) options.add('-no-acpi');
  const { pm } = domain;
  const global = (setting: { enabled: boolean } | undefined, name: string): void => {
    if (setting === undefined) return;
    const device = isQ35(domain) && capabilities.hasProperty('ICH9-LPC', name) ? 'ICH9-LPC' : 'PIIX4_PM';
    options.add('-global', `${device}.${name}=${setting.enabled ? 0 : 1}`);
  };
  global(pm?.suspendToMem, 'disable_s3');
  global(pm?.suspendToDisk, 'disable_s4');
};
