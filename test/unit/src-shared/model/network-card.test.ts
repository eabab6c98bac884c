import { describe, expect, it } from 'vitest';
import { parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { cardsOf, withNext } from '../../../../src-shared/model/network-card.ts';
import type { NetworkCard } from '../../../../src-shared/model/network-view.ts';

const cards = (interfaces: string): readonly NetworkCard[] =>
  cardsOf(
    'm',
    parseDomain(
      `<domain type='qemu'><name>m</name><memory>1</memory><os><type>hvm</type></os><devices>${interfaces}</devices></domain>`,
    ),
  );
const mac = "<mac address='52:54:00:00:00:01'/>";

describe('the cards of a machine', () => {
  it('lead to a network, a bridge, a device, or nowhere that has a name', () => {
    const found = cards(`
      <interface type='network'>${mac}<source network='default'/><target dev='vnet0'/><model type='virtio'/></interface>
      <interface type='bridge'><source bridge='br0'/><link state='down'/></interface>
      <interface type='direct'><source dev='eth0' mode='bridge'/></interface>
      <interface type='user'/>`);
    expect(found).toEqual([
      {
        ...{ machine: 'm', index: 0, type: 'network', source: 'default', plugged: true },
        ...{ mac: '52:54:00:00:00:01', model: 'virtio', target: 'vnet0' },
      },
      { machine: 'm', index: 1, type: 'bridge', source: 'br0', plugged: false },
      { machine: 'm', index: 2, type: 'direct', source: 'eth0', plugged: true },
      { machine: 'm', index: 3, type: 'user', plugged: true },
    ]);
  });

  it('are of their network while they run on its bridge', () => {
    const running = cards(`<interface type='bridge'>${mac}<source network='default' bridge='virbr0'/></interface>`);
    expect(running).toMatchObject([{ source: 'default' }]);
    const stored = cards(`<interface type='network'>${mac}<source network='default'/></interface>`);
    expect(withNext(running, stored)).toEqual(running);
  });

  it('tell where they lead from the next boot on', () => {
    const running = cards(`<interface type='network'>${mac}<source network='default'/></interface>`);
    const stored = cards(`<interface type='user'/><interface type='bridge'>${mac}<source bridge='br0'/></interface>`);
    expect(withNext(running, stored)).toMatchObject([{ source: 'default', next: { type: 'bridge', source: 'br0' } }]);
  });
});
