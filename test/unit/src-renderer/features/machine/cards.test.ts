import { describe, expect, it } from 'vitest';
import {
  connectionOf,
  forwardsOf,
  isMac,
  newCard,
  setCardModel,
  setConnection,
  setForwards,
  setLink,
  setMac,
} from '../../../../../src-renderer/features/machine/edit/cards.ts';
import type { Interface } from '../../../../../src-shared/model/domain/index.ts';
import { sample } from './sample.ts';

const card = (domain = sample()): Interface => domain.devices?.interface[0] ?? newCard();

describe('editing network cards', () => {
  it('plugs a card in elsewhere, with its address and model, without what only its former place had', () => {
    const before = card();
    expect(connectionOf(before)).toBe('user');
    const moved = card(setConnection(sample(), 0, 'network=lab'));
    expect(connectionOf(moved)).toBe('network=lab');
    expect(moved).toMatchObject({ mac: before.mac, model: before.model, source: { network: 'lab' }, portForward: [] });
    expect(connectionOf(card(setConnection(sample(), 0, 'bridge=br0')))).toBe('bridge=br0');
    expect(card(setConnection(sample(), 0, 'user'))).toMatchObject({ type: 'user', mac: before.mac });
  });

  it('shows the single ports that lead into the guest', () => {
    expect(forwardsOf(card())).toEqual([{ protocol: 'tcp', hostPort: 2222, guestPort: 22, hostAddress: '127.0.0.1' }]);
  });

  it('keeps ranges and ports of other devices when single ports change', () => {
    const { portForward } = card(setForwards(sample(), 0, [{ protocol: 'udp', hostPort: 53, guestPort: 53 }]));
    expect(portForward).toEqual([
      { proto: 'tcp', address: '127.0.0.1', range: [{ start: 3000, end: 3010 }] },
      { proto: 'tcp', dev: 'eth0', range: [{ start: 80 }] },
      { proto: 'udp', range: [{ start: 53 }] },
    ]);
  });

  it('reads back the ports it wrote', () => {
    const wanted = [...forwardsOf(card()), { protocol: 'tcp', hostPort: 8080, guestPort: 80 } as const];
    expect(forwardsOf(card(setForwards(sample(), 0, wanted)))).toEqual(wanted);
  });

  it('pulls the cable and plugs it in again', () => {
    const down = setLink(sample(), 0, false);
    expect(card(down).link).toEqual({ state: 'down' });
    expect(setLink(down, 0, true)).toEqual(sample());
  });

  it('stays in its place unless it moves to USB', () => {
    expect(card(setCardModel(sample(), 0, 'e1000e'))).toHaveProperty('address');
    expect(card(setCardModel(sample(), 0, 'usb-net'))).not.toHaveProperty('address');
  });

  it('takes an address of one card only', () => {
    expect(isMac('52:54:00:12:34:56')).toBe(true);
    expect(isMac('53:54:00:12:34:56')).toBe(false);
    expect(isMac('52:54:00:12:34')).toBe(false);
    expect(card(setMac(sample(), 0, '52:54:00:aa:bb:cc')).mac).toEqual({ address: '52:54:00:aa:bb:cc' });
  });
});
