/** Addresses of pretended guests: from the default network's range, other for each guest and card, as libvirt's are. */
import type { Domain } from '../../../src-shared/model/domain/index.ts';
import type { InterfaceAddresses } from '../../engine/driver.ts';

export function addressesOf(domain: Domain, id: number): readonly InterfaceAddresses[] {
  return (domain.devices?.interface ?? []).map((card, index) => {
    const offset = 20 * (id - 1) + index + 1;
    const address =
      card.type === 'network'
        ? `192.168.${122 + (Math.floor(offset / 253) % 100)}.${2 + (offset % 253)}`
        : `192.168.0.${1 + index}`;
    return {
      name: card.target?.dev ?? `testnet${index}`,
      mac: card.mac?.address ?? '',
      addresses: [{ family: 'ipv4', address, prefix: 24 }],
    };
  });
}
