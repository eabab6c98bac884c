import { child, children, childText, element, type ModelOf } from '../../xml/schema.ts';
import { string } from '../../xml/values.ts';
import { audioSchema } from './audio.ts';
import { channelSchema, consoleSchema, parallelSchema, redirdevSchema, serialSchema } from './chardev.ts';
import { controllerSchema } from './controller.ts';
import { cryptoSchema } from './crypto.ts';
import { deviceInfo } from './device-info.ts';
import { diskSchema } from './disk.ts';
import { filesystemSchema } from './filesystem.ts';
import { graphicsSchema } from './graphics.ts';
import { hostdevSchema } from './hostdev.ts';
import { hubSchema } from './hub.ts';
import { inputSchema } from './input.ts';
import { interfaceSchema } from './interface.ts';
import { iommuSchema } from './iommu.ts';
import { leaseSchema } from './lease.ts';
import { memballoonSchema } from './memballoon.ts';
import { memoryDeviceSchema } from './memory-device.ts';
import { panicSchema } from './panic.ts';
import { redirfilterSchema } from './redirfilter.ts';
import { rngSchema } from './rng.ts';
import { shmemSchema } from './shmem.ts';
import { smartcardSchema } from './smartcard.ts';
import { soundSchema } from './sound.ts';
import { tpmSchema } from './tpm.ts';
import { videoSchema } from './video.ts';
import { vsockSchema } from './vsock.ts';
import { watchdogSchema } from './watchdog.ts';

const { alias, acpi, address } = deviceInfo;

/** pSeries' non-volatile memory. */
const nvramSchema = element('nvram', { alias, acpi, address }, { endTag: 'always' });
export type Nvram = ModelOf<typeof nvramSchema>;

/** The domain's hardware, in the order libvirt writes it. Every list is named by its element. */
export const devicesSchema = element(
  'devices',
  {
    emulator: childText('emulator', string).optional().describe('The program that runs the machine.'),
    disk: children(diskSchema).describe('A disk, CD-ROM or floppy drive.'),
    controller: children(controllerSchema).describe('A bus other devices sit on.'),
    lease: children(leaseSchema).describe('A lock on shared storage, held while the machine runs.'),
    filesystem: children(filesystemSchema).describe('A folder of the host the guest mounts.'),
    interface: children(interfaceSchema).describe('A network card.'),
    smartcard: children(smartcardSchema).describe('A smart card reader.'),
    serial: children(serialSchema).describe('A serial port.'),
    parallel: children(parallelSchema).describe('A parallel port.'),
    console: children(consoleSchema).describe('A text console.'),
    channel: children(channelSchema).describe('A private channel between host and guest, such as for the guest agent.'),
    input: children(inputSchema).describe('A keyboard, mouse or tablet.'),
    tpm: children(tpmSchema).describe('A trusted platform module.'),
    graphics: children(graphicsSchema).describe('A display: a server viewers connect to, or a window.'),
    sound: children(soundSchema).describe('A sound card.'),
    audio: children(audioSchema).describe('How sound is heard on the host.'),
    video: children(videoSchema).describe('A graphics card.'),
    hostdev: children(hostdevSchema).describe('A device of the host given to the guest.'),
    redirdev: children(redirdevSchema).describe('A USB device sent by the viewer.'),
    redirfilter: child(redirfilterSchema).optional().describe('Which USB devices viewers may send.'),
    hub: children(hubSchema).describe('A USB hub.'),
    watchdog: children(watchdogSchema).describe('A timer that acts when the guest stops feeding it.'),
    memballoon: child(memballoonSchema).optional().describe('Takes memory from the running guest and gives it back.'),
    rng: children(rngSchema).describe('A source of entropy.'),
    nvram: child(nvramSchema).optional().describe('Non-volatile memory (pSeries).'),
    panic: children(panicSchema).describe('How the guest tells that its kernel crashed.'),
    shmem: children(shmemSchema).describe('Memory shared between machines.'),
    memory: children(memoryDeviceSchema).describe('A memory module.'),
    iommu: child(iommuSchema).optional().describe('An IOMMU for the guest.'),
    vsock: child(vsockSchema).optional().describe('Sockets between host and guest without a network.'),
    crypto: children(cryptoSchema).describe('A crypto accelerator.'),
  },
  { endTag: 'always' },
);
export type Devices = ModelOf<typeof devicesSchema>;
