import { formatXml } from '../../xml/format.ts';
import { parseXml } from '../../xml/parse.ts';
import { type Domain, domainSchema } from './domain.ts';

export { type Address, addressSchema, type HostPciAddress } from './address.ts';
export { type Audio, audioSchema } from './audio.ts';
export {
  type Channel,
  channelSchema,
  type Console,
  consoleSchema,
  type Parallel,
  parallelSchema,
  type Redirdev,
  redirdevSchema,
  type Serial,
  serialSchema,
} from './chardev.ts';
export { type Clock, type Timer } from './clock.ts';
export { type Controller, controllerSchema } from './controller.ts';
export { type Cpu, cpuSchema, type CpuFeature, type CpuTopology, type Numa, type Vcpu } from './cpu.ts';
export { type Crypto, cryptoSchema } from './crypto.ts';
export { type Devices, devicesSchema } from './devices.ts';
export { type BackingStore, type Disk, type DiskDriver, type DiskIoTune, diskSchema, type DiskTarget } from './disk.ts';
export { type Domain, domainSchema } from './domain.ts';
export { type Features } from './features.ts';
export { type Filesystem, filesystemSchema } from './filesystem.ts';
export { type Graphics, type GraphicsListen, graphicsSchema } from './graphics.ts';
export { type Hostdev, hostdevSchema } from './hostdev.ts';
export { type Hub, hubSchema } from './hub.ts';
export { type Input, inputSchema } from './input.ts';
export { type Interface, type InterfaceDriver, interfaceSchema, type PortForward } from './interface.ts';
export { type Iommu, iommuSchema } from './iommu.ts';
export { type LaunchSecurity } from './launch-security.ts';
export { type Lease, leaseSchema } from './lease.ts';
export { type Memballoon, memballoonSchema } from './memballoon.ts';
export { type MemoryDevice, memoryDeviceSchema } from './memory-device.ts';
export { type Os, osSchema } from './os.ts';
export { type Panic, panicSchema } from './panic.ts';
export { type Redirfilter } from './redirfilter.ts';
export { type Rng, rngSchema } from './rng.ts';
export { type SecurityLabel } from './security-label.ts';
export { type Shmem, shmemSchema } from './shmem.ts';
export { type Smartcard, smartcardSchema } from './smartcard.ts';
export { type Sound, soundSchema } from './sound.ts';
export { type Sysinfo } from './sysinfo.ts';
export { type Tpm, type TpmBackend, tpmSchema } from './tpm.ts';
export { type Video, videoSchema } from './video.ts';
export { type Vsock, vsockSchema } from './vsock.ts';
export { type Watchdog, watchdogSchema } from './watchdog.ts';

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
