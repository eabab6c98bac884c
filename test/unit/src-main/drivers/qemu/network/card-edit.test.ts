import { describe, expect, it } from 'vitest';
import { movedCard } from '../../../../../../src-main/drivers/qemu/network/card-edit.ts';
import { parseDevice } from '../../../../../../src-main/engine/device-edit.ts';
import type { Interface } from '../../../../../../src-shared/model/domain/index.ts';

const card = (type: string, inner: string): Interface =>
  parseDevice(`<interface type='${type}'><mac address='52:54:00:00:00:01'/>${inner}</interface>`).device as Interface;
const running = card(
  'network',
  `<source network='lab' portid='5d744f21-ba4a-4d6e-bdb2-30a35ff3207d' bridge='virbr0'/><target dev='vnet0'/>
   <model type='virtio'/><alias name='net0'/>`,
);

describe('the card of a running machine', () => {
  it('stays plugged in where it is when only its link changes', () => {
    expect(
      movedCard(running, card('network', "<source network='lab'/><model type='virtio'/><link state='down'/>")),
    ).toBeUndefined();
    expect(movedCard(running, running)).toBeUndefined();
  });

  it('is moved to another network or bridge, and keeps what the guest sees', () => {
    expect(movedCard(running, card('network', "<source network='other'/>"))).toMatchObject({
      type: 'network',
      source: { network: 'other' },
      model: { type: 'virtio' },
      alias: { name: 'net0' },
    });
    expect(movedCard(running, card('bridge', "<source bridge='br0'/>"))).toMatchObject({ source: { bridge: 'br0' } });
    expect(
      movedCard(running, card('network', "<source network='lab'/><bandwidth><inbound average='1'/></bandwidth>")),
    ).toMatchObject({ bandwidth: { inbound: { average: 1 } } });
  });

  it.each([
    ['user', ''],
    ['network', "<source network='lab'/><model type='e1000'/>"],
    ['network', "<source network='lab'/><mtu size='9000'/>"],
  ])('can become no other card: %s %s', (type, inner) => {
    expect(() => movedCard(running, card(type, inner))).toThrow("can't be changed while it runs");
  });
});
