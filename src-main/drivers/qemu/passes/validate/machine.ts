import type { QemuCapabilities } from '../../capabilities/types.ts';
import { unsupported } from '../errors.ts';
import type { CompleteDomain, Pass } from '../types.ts';
import { say } from '../../../../../src-shared/words.ts';

/** The largest number the fields of firmware for milliseconds can hold. */
const longestTimeoutMs = 65_535;

export const validateMachine: Pass = (domain, { capabilities }) => {
  checkBoard(domain, capabilities);
  checkActions(domain);
  checkProcessors(domain, capabilities);
  const { bootmenu, bios } = domain.os;
  if ((bootmenu?.timeout ?? 0) > longestTimeoutMs) {
    throw unsupported(say`<bootmenu timeout='${bootmenu?.timeout}'>: the longest wait is ${longestTimeoutMs} ms.`);
  }
  const reboot = bios?.rebootTimeout;
  if (reboot !== undefined && (reboot < -1 || reboot > longestTimeoutMs)) {
    throw unsupported(say`<bios rebootTimeout='${reboot}'> is not between -1 and ${longestTimeoutMs} ms.`);
  }
  if (bios?.useserial === true && domain.devices.serial.length === 0) {
    throw unsupported(say`<bios useserial='yes'> needs a <serial> port.`);
  }
  checkFeatures(domain, capabilities);
};

function checkBoard({ os, name, type }: CompleteDomain, capabilities: QemuCapabilities): void {
  const { arch, machine } = os.type;
  const serves = arch === capabilities.architecture || (arch === 'i686' && capabilities.architecture === 'x86_64');
  if (!serves) {
    throw unsupported(
      say`${capabilities.binary} emulates ${capabilities.architecture}, not '${arch}' as domain '${name}'.`,
    );
  }
  if (!capabilities.machines.some((item) => item.name === machine)) {
    throw unsupported(say`${capabilities.binary} has no machine '${machine}', which domain '${name}' asks for.`);
  }
  const accelerator = type === 'kvm' ? 'kvm' : 'tcg';
  if (!capabilities.accelerators.some((item) => item.name === accelerator)) {
    throw unsupported(say`${capabilities.binary} was built without the accelerator '${accelerator}'.`);
  }
}

function checkActions({ on_reboot: reboot, on_poweroff: poweroff, on_crash: crash }: CompleteDomain): void {
  if (reboot === 'rename-restart' || poweroff === 'rename-restart' || crash === 'rename-restart') {
    throw unsupported(say`QEMU has no 'rename-restart' for <on_reboot>, <on_poweroff> or <on_crash>.`);
  }
  if (reboot === 'preserve' || poweroff === 'preserve') {
    throw unsupported(say`QEMU has no 'preserve' for <on_reboot> or <on_poweroff>.`);
  }
  if (reboot === 'destroy' && poweroff === 'restart') {
    throw unsupported(say`<on_reboot>destroy</on_reboot> can't be combined with <on_poweroff>restart</on_poweroff>.`);
  }
}

function checkProcessors({ vcpu, cpu, os, type }: CompleteDomain, capabilities: QemuCapabilities): void {
  if (vcpu.value < 1) throw unsupported(say`A machine has at least one virtual CPU (<vcpu>).`);
  const most = capabilities.machines.find((item) => item.name === os.type.machine)?.maxCpus ?? 0;
  if (most > 0 && vcpu.value > most) {
    throw unsupported(
      say`The machine '${os.type.machine}' has at most ${most} virtual CPUs, not ${vcpu.value} (<vcpu>).`,
    );
  }
  const topology = cpu?.topology;
  if (topology !== undefined) {
    const { sockets, dies = 1, clusters = 1, cores, threads } = topology;
    const product = sockets * dies * clusters * cores * threads;
    // Older QEMUs made up for it.
    if (product !== vcpu.value && capabilities.hasCommand('query-hotpluggable-cpus')) {
      throw unsupported(say`<topology> makes ${product} virtual CPUs, but <vcpu> says ${vcpu.value}.`);
    }
    if (clusters > 1) throw unsupported(say`<topology clusters> is not supported for this architecture.`);
  }
  if (cpu?.maxphysaddr?.mode === 'emulate' && cpu.maxphysaddr.bits === undefined) {
    throw unsupported(say`<maxphysaddr mode='emulate'> needs a number of bits.`);
  }
  if (cpu?.maxphysaddr?.mode === 'passthrough' && cpu.maxphysaddr.bits !== undefined) {
    throw unsupported(say`<maxphysaddr mode='passthrough'> takes its bits from the host; remove them.`);
  }
  if (type === 'qemu' && cpu?.mode === 'host-passthrough') {
    throw unsupported(say`<cpu mode='host-passthrough'> needs hardware acceleration (<domain type='kvm'>).`);
  }
  checkCache(cpu);
}

function checkCache(cpu: CompleteDomain['cpu']): void {
  const cache = cpu?.cache;
  if (cache === undefined) return;
  const isHost = cpu?.mode === 'host-passthrough' || cpu?.mode === 'maximum';
  if (cache.mode === 'emulate' && cache.level !== 3) {
    throw unsupported(say`<cache mode='emulate'> is only supported with level='3'.`);
  }
  if (cache.mode === 'passthrough' && !isHost) {
    throw unsupported(say`<cache mode='passthrough'> needs <cpu mode='host-passthrough'> or 'maximum'.`);
  }
  if (cache.mode !== 'emulate' && cache.level !== undefined) {
    throw unsupported(say`<cache mode='${cache.mode}'> has no level.`);
  }
}

function checkFeatures({ features, type, os, devices }: CompleteDomain, capabilities: QemuCapabilities): void {
  const tseg = features?.smm?.tseg;
  if (tseg !== undefined) {
    const { machine = '' } = os.type;
    if (machine !== 'q35' && !machine.startsWith('pc-q35')) {
      throw unsupported(say`<smm><tseg> is memory of q35 machines, not of '${machine}'.`);
    }
    if (tseg.bytes % (1024 * 1024) !== 0) throw unsupported(say`The size of <smm><tseg> is not a whole number of MiB.`);
  }
  const cache = features?.tcg?.tbCache;
  if (cache !== undefined) {
    if (type !== 'qemu') throw unsupported(say`<features><tcg> is for emulation (<domain type='qemu'>).`);
    if (cache.KiB % 1024 !== 0) throw unsupported(say`The size of <tb-cache> is not a whole number of MiB.`);
  }
  if (features?.vmcoreinfo?.state === true && !capabilities.hasType('vmcoreinfo')) {
    throw unsupported(say`This QEMU has no <vmcoreinfo>.`);
  }
  const usesSplitInterrupts = features?.ioapic?.driver === 'qemu';
  if (devices.iommu?.driver?.intremap === true && !usesSplitInterrupts) {
    throw unsupported(say`<iommu><driver intremap='on'> needs <ioapic driver='qemu'/> in <features>.`);
  }
}
