/** Definitions such as a page for making machines writes: boards, firmware, disks, displays and helpers, combined. */

export interface Definition {
  readonly name: string;
  readonly xml: string;
}

interface Parts {
  readonly machine?: string;
  readonly osAttributes?: string;
  readonly os?: string;
  readonly features?: string;
  readonly cpu?: string;
  readonly memoryMiB?: number;
  readonly more?: string;
  readonly devices?: string;
}

function definition(name: string, parts: Parts): Definition {
  const { machine = 'q35', osAttributes = '', memoryMiB = 2048 } = parts;
  const xml = `<domain type='qemu'>
  <name>${name}</name>
  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <memory unit='MiB'>${memoryMiB}</memory>
  <vcpu>2</vcpu>
  <os${osAttributes}><type arch='x86_64' machine='${machine}'>hvm</type>${parts.os ?? ''}</os>
  <features><acpi/><apic/>${parts.features ?? ''}</features>
  ${parts.cpu ?? "<cpu mode='maximum'/>"}
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
    <timer name='pit' tickpolicy='delay'/>
    <timer name='hpet' present='no'/>
  </clock>
  <pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='no'/></pm>
  ${parts.more ?? ''}
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>${parts.devices ?? ''}</devices>
</domain>`;
  return { name, xml };
}

const image = '/var/lib/libvirt/images/guest.qcow2';

const disk = (dev: string, bus: string, driver = '', inside = '', path = image): string =>
  `<disk type='file' device='disk'><driver name='qemu' type='qcow2' ${driver}/><source file='${path}'/>` +
  `<target dev='${dev}' bus='${bus}'/>${inside}</disk>`;

const cdrom = (dev: string, bus = 'sata', source = "<source file='/var/lib/libvirt/images/install.iso'/>"): string =>
  `<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>${source}<target dev='${dev}' bus='${bus}'/>` +
  '<readonly/></disk>';

const card = (model: string, address = '52:54:00:11:22:33'): string =>
  `<interface type='network'><mac address='${address}'/><source network='default'/><model type='${model}'/></interface>`;

const spice =
  "<graphics type='spice' autoport='yes'><listen type='address'/><image compression='off'/></graphics>" +
  "<channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>";
const vnc = "<graphics type='vnc' autoport='yes' listen='127.0.0.1'/>";
const video = (type: string, rest = ''): string => `<video><model type='${type}'${rest}/></video>`;
const agent = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";
const serial = "<serial type='pty'/><console type='pty'/>";
const tablet = "<input type='tablet' bus='usb'/>";
const rng = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
const redirection = "<redirdev bus='usb' type='spicevmc'/><redirdev bus='usb' type='spicevmc'/>";
const usb3 = "<controller type='usb' model='qemu-xhci' ports='15'/>";
const rootPorts = "<controller type='pci' model='pcie-root'/>".concat(
  ...Array.from({ length: 14 }, () => "<controller type='pci' model='pcie-root-port'/>"),
);
const balloon = "<memballoon model='virtio'><stats period='5'/></memballoon>";

const linuxGuest =
  disk('vda', 'virtio', "discard='unmap'") +
  cdrom('sda') +
  usb3 +
  rootPorts +
  card('virtio') +
  serial +
  agent +
  spice +
  tablet +
  "<sound model='ich9'/>" +
  video('virtio') +
  redirection +
  balloon +
  rng;

const windowsClock =
  "<hyperv><relaxed state='on'/><vapic state='on'/><spinlocks state='on' retries='8191'/><vpindex state='on'/>" +
  "<runtime state='on'/><synic state='on'/><stimer state='on'/><frequencies state='on'/></hyperv>";

export const definitions: readonly Definition[] = [
  definition('bare-q35', {}),
  definition('bare-pc', { machine: 'pc' }),
  definition('linux-q35', { devices: linuxGuest }),
  definition('linux-q35-uefi', { osAttributes: " firmware='efi'", devices: linuxGuest }),
  definition('linux-q35-secure-boot', {
    osAttributes: " firmware='efi'",
    os: "<firmware><feature enabled='yes' name='secure-boot'/><feature enabled='yes' name='enrolled-keys'/></firmware>",
    devices: linuxGuest,
  }),
  definition('linux-q35-uefi-without-secure-boot', {
    osAttributes: " firmware='efi'",
    os: "<firmware><feature enabled='no' name='secure-boot'/></firmware>",
    devices: linuxGuest,
  }),
  definition('uefi-by-path', {
    os:
      "<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>" +
      "<nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'>/var/lib/libvirt/qemu/nvram/by-path_VARS.fd</nvram>",
    devices: disk('vda', 'virtio'),
  }),
  definition('windows-11', {
    osAttributes: " firmware='efi'",
    features: windowsClock,
    devices:
      disk('sda', 'sata', '', "<boot order='1'/>") +
      cdrom('sdb') +
      card('e1000e') +
      "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>" +
      spice +
      tablet +
      "<sound model='ich9'/>" +
      video('qxl') +
      redirection,
  }),
  definition('windows-xp', {
    machine: 'pc',
    cpu: "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>",
    memoryMiB: 512,
    devices:
      disk('hda', 'ide') +
      cdrom('hdb', 'ide') +
      card('rtl8139') +
      spice +
      tablet +
      "<sound model='ac97'/>" +
      video('qxl', " ram='65536' vram='65536' vgamem='16384' heads='1'"),
  }),
  definition('old-linux-pc', {
    machine: 'pc',
    devices:
      disk('hda', 'ide') +
      "<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='/tmp/floppy.img'/><target dev='fda'/></disk>" +
      card('pcnet') +
      vnc +
      "<sound model='sb16'/>" +
      video('cirrus'),
  }),
  definition('floppy-q35', {
    devices:
      disk('sda', 'sata') +
      "<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='/tmp/floppy.img'/><target dev='fda'/></disk>",
  }),
  definition('virtio-scsi', {
    devices:
      "<controller type='scsi' model='virtio-scsi'/>" +
      disk('sda', 'scsi', "discard='unmap' cache='none' io='native'") +
      disk('sdb', 'scsi', "detect_zeroes='unmap' discard='unmap'", '<serial>disk-two</serial>', '/tmp/second.qcow2') +
      cdrom('sdc', 'scsi') +
      card('virtio'),
  }),
  definition('lsi-scsi', { machine: 'pc', devices: disk('sda', 'scsi') + card('e1000') }),
  definition('usb-disk', { devices: disk('sda', 'usb', '', '', '/tmp/stick.qcow2') + usb3 + vnc + tablet }),
  definition('many-disks', {
    devices:
      disk('vda', 'virtio', "cache='writeback' iothread='1'") +
      disk('vdb', 'virtio', "cache='unsafe'", '<serial>vdb</serial>', '/tmp/b.qcow2') +
      disk('sda', 'sata', "cache='directsync'", '', '/tmp/c.qcow2') +
      cdrom('sdb', 'sata', ''),
    more: '<iothreads>2</iothreads>',
  }),
  definition('raw-and-vmdk', {
    devices:
      "<disk type='block' device='disk'><driver name='qemu' type='raw' cache='none' io='native'/><source dev='/dev/vg/guest'/><target dev='vda' bus='virtio'/></disk>" +
      "<disk type='file' device='disk'><driver name='qemu' type='vmdk'/><source file='/tmp/a.vmdk'/><target dev='vdb' bus='virtio'/></disk>" +
      "<disk type='file' device='disk'><driver name='qemu' type='vdi'/><source file='/tmp/a.vdi'/><target dev='vdc' bus='virtio'/><readonly/></disk>",
  }),
  definition('backing-chain', {
    devices: disk(
      'vda',
      'virtio',
      "copy_on_read='on'",
      "<backingStore type='file'><format type='qcow2'/><source file='/tmp/base.qcow2'/><backingStore/></backingStore>",
    ),
  }),
  definition('vnc-socket', { devices: `<graphics type='vnc' socket='/tmp/vnc.sock'/>${video('vga')}${tablet}` }),
  definition('vnc-password', { devices: `<graphics type='vnc' port='5905' passwd='secret'/>${video('bochs')}` }),
  definition('spice-settings', {
    devices:
      "<graphics type='spice' port='5910' autoport='no' listen='0.0.0.0' passwd='secret'><listen type='address' address='0.0.0.0'/>" +
      "<image compression='auto_glz'/><jpeg compression='auto'/><zlib compression='never'/><playback compression='on'/>" +
      "<streaming mode='filter'/><clipboard copypaste='no'/><mouse mode='client'/><filetransfer enable='no'/></graphics>" +
      video('qxl'),
  }),
  definition('spice-without-port', {
    devices: `<graphics type='spice'><listen type='none'/></graphics>${video('virtio')}`,
  }),
  definition('two-screens', { devices: spice + video('virtio', " heads='2' primary='yes'") + video('virtio') }),
  definition('headless', { devices: `${disk('vda', 'virtio')}${serial}${video('none')}<memballoon model='none'/>` }),
  definition('serial-kinds', {
    devices:
      "<serial type='unix'><source mode='bind' path='/tmp/serial.sock'/></serial>" +
      "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='4555'/><protocol type='telnet'/></serial>" +
      "<serial type='null'/>" +
      "<parallel type='null'/>" +
      "<console type='pty'><target type='virtio'/></console>" +
      "<channel type='qemu-vdagent'><source><clipboard copypaste='yes'/></source><target type='virtio' name='com.redhat.spice.0'/></channel>" +
      vnc,
  }),
  definition('cards', {
    devices:
      card('virtio') +
      card('e1000', '52:54:00:11:22:34') +
      card('e1000e', '52:54:00:11:22:35') +
      card('rtl8139', '52:54:00:11:22:36') +
      card('vmxnet3', '52:54:00:11:22:37') +
      card('i82551', '52:54:00:11:22:38') +
      card('ne2k_pci', '52:54:00:11:22:3a'),
  }),
  definition('inputs', {
    devices:
      "<input type='keyboard' bus='usb'/><input type='mouse' bus='usb'/><input type='tablet' bus='virtio'/>" +
      "<input type='keyboard' bus='virtio'/><input type='mouse' bus='virtio'/>" +
      vnc,
  }),
  definition('sounds', {
    machine: 'pc',
    devices:
      "<sound model='ich6'><codec type='micro'/></sound><sound model='ac97'/><sound model='es1370'/><sound model='usb'/>" +
      "<audio id='1' type='spice'/>" +
      spice,
  }),
  definition('tpm-tis', { devices: "<tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>" }),
  definition('watchdogs', {
    machine: 'pc',
    devices: "<watchdog model='i6300esb' action='poweroff'/><panic model='isa'/><panic model='hyperv'/>",
    features: windowsClock,
  }),
  definition('topology', {
    cpu:
      "<cpu mode='custom' match='exact' check='none'><model fallback='allow'>Nehalem</model>" +
      "<topology sockets='1' dies='1' cores='2' threads='1'/><feature policy='require' name='aes'/>" +
      "<feature policy='disable' name='vmx'/></cpu>",
    devices: vnc,
  }),
  definition('memory-hotplug', {
    cpu:
      "<cpu mode='maximum'><topology sockets='2' cores='1' threads='1'/><numa>" +
      "<cell id='0' cpus='0' memory='1' unit='GiB'/><cell id='1' cpus='1' memory='1' unit='GiB'/></numa></cpu>",
    more: "<maxMemory slots='4' unit='GiB'>8</maxMemory>",
  }),
  definition('shared-folder', {
    devices:
      "<filesystem type='mount' accessmode='mapped'><source dir='/srv/shared'/><target dir='shared'/></filesystem>" +
      "<filesystem type='mount' accessmode='passthrough'><source dir='/srv/other'/><target dir='other'/><readonly/></filesystem>",
  }),
  definition('virtiofs', {
    more: "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
    devices:
      "<filesystem type='mount' accessmode='passthrough'><driver type='virtiofs'/><source dir='/srv/shared'/><target dir='shared'/></filesystem>",
  }),
  definition('old-usb', {
    machine: 'pc',
    devices:
      "<controller type='usb' model='ich9-ehci1'/><controller type='usb' model='ich9-uhci1'><master startport='0'/></controller>" +
      "<controller type='usb' model='ich9-uhci2'><master startport='2'/></controller>" +
      "<controller type='usb' model='ich9-uhci3'><master startport='4'/></controller>" +
      spice +
      redirection +
      tablet,
  }),
  definition('direct-kernel', {
    os: '<kernel>/boot/vmlinuz</kernel><initrd>/boot/initrd.img</initrd><cmdline>console=ttyS0 root=/dev/vda</cmdline>',
    devices: disk('vda', 'virtio') + serial,
  }),
  definition('boot-menu', {
    machine: 'pc',
    os: "<boot dev='network'/><boot dev='cdrom'/><boot dev='hd'/><bootmenu enable='yes' timeout='3000'/><bios useserial='yes' rebootTimeout='5000'/>",
    devices: disk('vda', 'virtio') + cdrom('hda', 'ide') + card('virtio') + serial,
  }),
  definition('smbios', {
    os: "<smbios mode='sysinfo'/>",
    more: "<sysinfo type='smbios'><system><entry name='manufacturer'>Viv</entry><entry name='product'>Guest, one</entry></system></sysinfo>",
    devices: "<smartcard mode='passthrough' type='spicevmc'/>" + spice,
  }),
];
