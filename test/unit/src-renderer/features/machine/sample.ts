import { type Domain, parseDomain } from '../../../../../src-shared/model/domain/index.ts';

/** A definition with what the forms know, and things they do not. */
export const sampleXml = `<domain type='qemu'>
  <name>sample</name>
  <memory unit='KiB'>2097152</memory>
  <currentMemory unit='KiB'>1048576</currentMemory>
  <vcpu placement='static' current='2'>4</vcpu>
  <os firmware='efi'>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <firmware><feature enabled='no' name='secure-boot'/></firmware>
    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>
    <nvram>/var/lib/sample_VARS.fd</nvram>
    <boot dev='cdrom'/><boot dev='hd'/>
  </os>
  <features><acpi/></features>
  <cpu mode='custom' match='exact' check='none'>
    <model fallback='forbid'>Nehalem</model>
    <topology sockets='2' dies='1' cores='2' threads='1'/>
    <feature policy='require' name='pcid'/>
  </cpu>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none' queues='2'/>
      <source file='/images/a.qcow2'/><target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
      <vendor-extension keep='me'/>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='/isos/a.iso'/><target dev='sda' bus='sata'/><readonly/>
    </disk>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='scsi' index='0' model='virtio-scsi'/>
    <interface type='user'>
      <mac address='52:54:00:00:00:01'/>
      <portForward proto='tcp' address='127.0.0.1'><range start='2222' to='22'/><range start='3000' end='3010'/></portForward>
      <portForward proto='tcp' dev='eth0'><range start='80'/></portForward>
      <model type='virtio'/>
      <backend type='passt'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </interface>
  </devices>
</domain>`;

export const sample = (): Domain => parseDomain(sampleXml);
