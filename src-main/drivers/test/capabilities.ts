/** Capabilities of the pretended host, as libvirt's test driver gives them. */
import type { NodeInfo } from '../../engine/driver.ts';

export function capabilitiesXml(node: NodeInfo): string {
  const guest = (osType: string): string => `
  <guest>
    <os_type>${osType}</os_type>
    <arch name='i686'>
      <wordsize>32</wordsize>
      <domain type='test'/>
    </arch>
    <features>
      <pae/>
      <nonpae/>
    </features>
  </guest>
`;
  return `<capabilities>

  <host>
    <cpu>
      <arch>i686</arch>
      <topology sockets='${node.sockets}' dies='1' cores='${node.cores}' threads='${node.threads}'/>
    </cpu>
    <power_management/>
    <iommu support='no'/>
  </host>
${guest('hvm')}${guest('xen')}
</capabilities>
`;
}
