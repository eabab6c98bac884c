import { describe, expect, it } from 'vitest';
import { movedLeases } from '../../../../../src-main/network/interfaces/dhcp.ts';

const lease = (link: string, address: string): string =>
  `lease {\n  interface "${link}";\n  fixed-address ${address};\n  option routers 192.0.2.1;\n}\n`;
const duid = 'default-duid "\\000\\001\\000\\001";\n';

describe("a DHCP client's leases", () => {
  it('become those of another interface, with the identity of the host', () => {
    const text = lease('eth0', '192.0.2.7') + duid + lease('eth1', '198.51.100.3') + lease('eth0', '192.0.2.8');
    expect(movedLeases(text, 'eth0', 'br0')).toBe(duid + lease('br0', '192.0.2.7') + lease('br0', '192.0.2.8'));
  });

  it('are left where there are none of it', () => {
    expect(movedLeases(lease('eth1', '192.0.2.7') + duid, 'eth0', 'br0')).toBeUndefined();
    expect(movedLeases('', 'eth0', 'br0')).toBeUndefined();
  });
});
