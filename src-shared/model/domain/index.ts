import { formatXml } from '../../xml/format.ts';
import { parseXml } from '../../xml/parse.ts';
import { type Domain, domainSchema } from './domain.ts';

export type { Address, HostPciAddress } from './address.ts';
export type { Audio } from './audio.ts';
export type { Channel, Console, Parallel, Redirdev, Serial } from './chardev.ts';
export type { Clock, Timer } from './clock.ts';
export type { Controller } from './controller.ts';
export type { Cpu, CpuFeature, CpuTopology, Numa, Vcpu } from './cpu.ts';
export type { Crypto } from './crypto.ts';
export { type Devices, devicesSchema } from './devices.ts';
export { type BackingStore, type Disk, type DiskDriver, type DiskIoTune, diskSchema, type DiskTarget } from './disk.ts';
export { type Domain, domainSchema } from './domain.ts';
export type { Features } from './features.ts';
export type { Filesystem } from './filesystem.ts';
export type { Graphics, GraphicsListen } from './graphics.ts';
export type { Hostdev } from './hostdev.ts';
export type { Hub } from './hub.ts';
export type { Input } from './input.ts';
export { type Interface, type InterfaceDriver, interfaceSchema, type PortForward } from './interface.ts';
export type { Iommu } from './iommu.ts';
export type { LaunchSecurity } from './launch-security.ts';
export type { Lease } from './lease.ts';
export type { Memballoon } from './memballoon.ts';
export type { MemoryDevice } from './memory-device.ts';
export type { Os } from './os.ts';
export type { Panic } from './panic.ts';
export type { Redirfilter } from './redirfilter.ts';
export type { Rng } from './rng.ts';
export type { SecurityLabel } from './security-label.ts';
export type { Shmem } from './shmem.ts';
export type { Smartcard } from './smartcard.ts';
export type { Sound } from './sound.ts';
export type { Sysinfo } from './sysinfo.ts';
export type { Tpm, TpmBackend } from './tpm.ts';
export type { Video } from './video.ts';
export type { Vsock } from './vsock.ts';
export type { Watchdog } from './watchdog.ts';

/**
 * Reads `<domain>`.
 * @throws XmlError with every issue, each with its line and path.
 */
export function parseDomain(xml: string): Domain {
  return parseXml(domainSchema, xml);
}

/** Writes a domain as libvirt lays it out. Pure: what is absent in the model is absent in the text. */
export function formatDomain(domain: Domain): string {
  return formatXml(domainSchema, domain);
}
