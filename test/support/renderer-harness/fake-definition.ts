/** FAKE: what a made-up machine would be defined as, and what an edit of it would change. */
import type { EditPlan, PlannedChange } from '../../../src-shared/contract/domains.ts';
import { formatDomain, parseDomain } from '../../../src-shared/model/domain/index.ts';
import { type DomainDifference, diffDomains } from '../../../src-shared/model/domain-diff.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';

export function fakeDefinition(machine: DomainSummary): string {
  const number = Number.parseInt(machine.uuid.slice(-4), 16);
  const mac = `52:54:00:a1:b2:${(number % 256).toString(16).padStart(2, '0')}`;
  const efi = number % 2 === 0;
  return formatDomain(
    parseDomain(`<domain type='qemu'>
  <name>${machine.name}</name>
  <uuid>${machine.uuid}</uuid>
  ${machine.title === undefined ? '' : `<title>${machine.title}</title>`}
  <description>Ask Ada before it is restarted.</description>
  <metadata><libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0"><libosinfo:os id="${machine.osId ?? ''}"/></libosinfo:libosinfo></metadata>
  <memory unit='KiB'>${machine.maxMemoryKiB}</memory>
  <currentMemory unit='KiB'>${machine.memoryKiB}</currentMemory>
  <vcpu placement='static'>${machine.maxVcpus}</vcpu>
  <os${efi ? " firmware='efi'" : ''}>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    ${efi ? "<firmware><feature enabled='no' name='secure-boot'/></firmware>" : ''}
    <boot dev='hd'/><boot dev='cdrom'/>
  </os>
  <features><acpi/><apic/></features>
  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model><topology sockets='1' dies='1' cores='${machine.maxVcpus}' threads='1'/></cpu>
  <clock offset='utc'/>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' discard='unmap'/><source file='/home/ada/.local/share/vivarium/images/${machine.name}.qcow2'/><target dev='vda' bus='virtio'/><address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/></disk>
    <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/home/ada/isos/debian-12.5.0-amd64-netinst.iso'/><target dev='sda' bus='sata'/><readonly/><address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>
    <controller type='usb' index='0' model='qemu-xhci' ports='15'><address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/></controller>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='pci' index='1' model='pcie-root-port'><model name='pcie-root-port'/><target chassis='1' port='0x10'/></controller>
    <controller type='sata' index='0'><address type='pci' domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/></controller>
    <controller type='virtio-serial' index='0'/>
    <interface type='user'><mac address='${mac}'/><portForward proto='tcp'><range start='${2200 + (number % 50)}' to='22'/></portForward><portForward proto='tcp'><range start='8080' to='80'/></portForward><model type='virtio'/><backend type='passt'/><address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></interface>
    <serial type='pty'><target type='isa-serial' port='0'><model name='isa-serial'/></target></serial>
    <console type='pty'><target type='serial' port='0'/></console>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
    <input type='tablet' bus='usb'/><input type='mouse' bus='ps2'/><input type='keyboard' bus='ps2'/>
    ${efi ? "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>" : ''}
    <graphics type='spice'><listen type='socket'/></graphics>
    <sound model='ich9'/>
    <audio id='1' type='spice'/>
    <video><model type='virtio' heads='1' primary='yes'/></video>
    <watchdog model='itco' action='reset'/>
    <memballoon model='virtio'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>`),
  );
}

const liveSections = new Set(['title', 'description', 'currentMemory', 'vcpu']);

export function fakePlan(before: string, after: string, running: boolean): EditPlan {
  const changes = diffDomains(parseDomain(before), parseDomain(after)).map((difference): PlannedChange => {
    const live =
      !running ||
      (difference.type === 'section'
        ? liveSections.has(difference.section)
        : /cdrom|<interface/.test(difference.type === 'device-changed' ? difference.after.xml : difference.device.xml));
    return { ...describe(difference), when: live ? 'now' : 'next-boot' };
  });
  return { changes, xml: after };
}

function describe(difference: DomainDifference): Omit<PlannedChange, 'when'> {
  switch (difference.type) {
    case 'section': {
      const { type: _type, ...rest } = difference;
      return {
        path: rest.section,
        kind: 'changed',
        label: 'change.section',
        values: { section: rest.section },
        ...rest,
      };
    }
    case 'device-changed': {
      const { before, after } = difference;
      const values = { device: after.kind, name: after.name };
      return {
        path: after.kind,
        kind: 'changed',
        label: 'change.device.changed',
        values,
        before: before.xml,
        after: after.xml,
      };
    }
    case 'device-added':
    case 'device-removed': {
      const { device } = difference;
      const added = difference.type === 'device-added';
      const values = { device: device.kind, name: device.name };
      return {
        path: device.kind,
        kind: added ? 'added' : 'removed',
        label: added ? 'change.device.added' : 'change.device.removed',
        values,
        ...(added ? { after: device.xml } : { before: device.xml }),
      };
    }
  }
}

export const fakeLog = `2026-11-24T09:12:03.118Z starting qemu:///session
/usr/bin/qemu-system-x86_64 -name guest=web-1,debug-threads=on -S -no-shutdown \\
-machine pc-q35-7.2,usb=off,dump-guest-core=off,memory-backend=pc.ram -accel tcg -cpu qemu64 -m size=2097152k \\
-object '{"qom-type":"memory-backend-ram","id":"pc.ram","size":2147483648}' -overcommit mem-lock=off \\
-smp 2,sockets=1,dies=1,cores=2,threads=1 -no-user-config -nodefaults \\
-blockdev '{"driver":"qcow2","node-name":"libvirt-1-format"}' \\
-device '{"driver":"virtio-blk-pci","bus":"pci.4","drive":"libvirt-1-format","id":"virtio-disk0","bootindex":1}'
char device redirected to /dev/pts/3 (label charserial0)
2026-11-24T09:12:04.201Z qemu-system-x86_64: warning: TCG doesn't support requested feature: CPUID.01H:ECX.x2apic [bit 21]
`;
