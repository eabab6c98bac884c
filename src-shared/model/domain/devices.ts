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
    emulator: childText('emulator', string).optional(),
    disk: children(diskSchema),
    controller: children(controllerSchema),
    lease: children(leaseSchema),
    filesystem: children(filesystemSchema),
    interface: children(interfaceSchema),
    smartcard: children(smartcardSchema),
    serial: children(serialSchema),
    parallel: children(parallelSchema),
    console: children(consoleSchema),
    channel: children(channelSchema),
    input: children(inputSchema),
    tpm: children(tpmSchema),
    graphics: children(graphicsSchema),
    sound: children(soundSchema),
    audio: children(audioSchema),
    video: children(videoSchema),
    hostdev: children(hostdevSchema),
    redirdev: children(redirdevSchema),
    redirfilter: child(redirfilterSchema).optional(),
    hub: children(hubSchema),
    watchdog: children(watchdogSchema),
    memballoon: child(memballoonSchema).optional(),
    rng: children(rngSchema),
    nvram: child(nvramSchema).optional(),
    panic: children(panicSchema),
    shmem: children(shmemSchema),
    memory: children(memoryDeviceSchema),
    iommu: child(iommuSchema).optional(),
    vsock: child(vsockSchema).optional(),
    crypto: children(cryptoSchema),
  },
  { endTag: 'always' },
);
export type Devices = ModelOf<typeof devicesSchema>;
