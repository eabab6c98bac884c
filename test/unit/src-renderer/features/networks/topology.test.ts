import { describe, expect, it } from 'vitest';
import { type Domain, parseDomain } from '../../../../../src-shared/model/domain/index.ts';
import { cardsOf } from '../../../../../src-shared/model/network-card.ts';
import type { NetworkSummary } from '../../../../../src-shared/model/network-summary.ts';
import type { HostDevice, NetworkCard } from '../../../../../src-shared/model/network-view.ts';
import { machineKey, type Machine } from '../../../../../src-renderer/app/store/inventory.ts';
import { connectCard } from '../../../../../src-renderer/features/networks/topology/connect-card.ts';
import { topologyOf } from '../../../../../src-renderer/features/networks/topology/graph.ts';
import { cableWidth, layoutOf } from '../../../../../src-renderer/features/networks/topology/layout.ts';
import { summary } from '../../../../support/summaries.ts';

const uri = 'test:///default';
const machine = (uuid: string, running: boolean): Machine => ({
  ...summary({ uuid, ...(running ? { id: 1, state: 'running' } : {}) }),
  uri,
  key: machineKey(uri, uuid),
});
const network = (name: string, rest: Partial<NetworkSummary> = {}): NetworkSummary => ({
  ...{ uuid: `n-${name}`, name, active: true, persistent: true, autostart: false, mode: 'nat', bridge: `vir-${name}` },
  addresses: [],
  ...rest,
});
const card = (of: string, source: string, rest: Partial<NetworkCard> = {}): NetworkCard => ({
  ...{ machine: of, index: 0, type: 'network', source, plugged: true },
  ...rest,
});
const device = (name: string, rest: Partial<HostDevice> = {}): HostDevice => ({
  ...{ name, kind: 'ethernet', up: true, addresses: ['10.0.0.2/24'] },
  ...rest,
});

const parts = {
  networks: [
    network('default'),
    network('lan', { mode: 'bridge', bridge: 'br0' }),
    network('lab', { active: false, mode: 'isolated' }),
  ],
  definitions: new Map(),
  devices: [
    device('br0', { kind: 'bridge' }),
    device('eth0'),
    device('eth1', { master: 'br0', addresses: [] }),
    device('vir-default', { kind: 'bridge' }),
  ],
  cards: [
    card('a', 'default'),
    card('b', 'lab'),
    card('c', 'gone'),
    card('d', 'default', { plugged: false, next: { type: 'network', source: 'lab' } }),
    card('d', 'br0', { index: 1, type: 'bridge' }),
  ],
  machines: [machine('a', true), machine('b', true), machine('c', true), machine('d', true), machine('e', false)],
};

describe('the picture of connections', () => {
  const graph = topologyOf(parts);
  const ids = graph.nodes.map(({ id }) => id);
  const cables = new Map(graph.cables.map((cable) => [cable.id, cable]));

  it('has machines with cards, networks, and the devices that lead outside', () => {
    expect(ids).toEqual([
      ...['internet', 'host', 'device br0', 'device eth0'],
      ...['network n-default', 'network n-lan', 'network n-lab', 'missing gone'],
      ...['machine a', 'machine d', 'machine b', 'machine c', 'machine e'],
    ]);
  });

  it('tells of each cable whether it carries anything, and why not', () => {
    expect(cables.get('card a 0')).toMatchObject({ from: 'network n-default', to: 'machine a', state: 'up' });
    expect(cables.get('card b 0')?.state).toBe('idle');
    expect(cables.get('card c 0')).toMatchObject({ from: 'missing gone', state: 'broken' });
    expect(cables.get('card d 0')?.state).toBe('unplugged');
  });

  it('shows where a card leads from the next boot on', () => {
    expect(cables.get('next card d 0')).toMatchObject({ from: 'network n-lab', to: 'machine d', state: 'next' });
    expect(cables.has('next card a 0')).toBe(false);
  });

  it('leads a card on a bridge to the network that is that bridge', () => {
    expect(cables.get('card d 1')?.from).toBe('network n-lan');
    expect(cables.get('uplink n-lan')?.from).toBe('device br0');
    expect(cables.has('uplink n-lab')).toBe(false);
  });

  it('leaves machines out when there are too many, running ones last', () => {
    const few = topologyOf({ ...parts, machines: [machine('b', false), machine('a', true)] }, 1);
    expect(few.nodes.filter(({ kind }) => kind === 'machine').map(({ id }) => id)).toEqual(['machine a']);
    expect(few.hidden).toBe(1);
  });

  const many = Array.from({ length: 40 }, (_, index) => machine(`m${index}`, true));
  const large = topologyOf({ ...parts, cards: many.map(({ uuid }) => card(uuid, 'default')), machines: many });

  it.each([
    ['few', graph],
    ['many', large],
  ])('is laid out without one thing on another: %s machines', (_name, shown) => {
    const boxes = [...layoutOf(shown).boxes.values()];
    expect(boxes).toHaveLength(shown.nodes.length);
    for (const [place, box] of boxes.entries()) {
      for (const other of boxes.slice(place + 1)) {
        const beside = box.x + box.width <= other.x || other.x + other.width <= box.x;
        const apart = beside || box.y + box.height <= other.y || other.y + other.height <= box.y;
        expect(apart).toBe(true);
      }
    }
  });

  it('stays on a screen with all the machines it shows', () => {
    const { width, height } = layoutOf(large);
    expect(width).toBeLessThan(1300);
    expect(height).toBeLessThan(800);
  });

  it('draws more traffic thicker, within bounds', () => {
    expect(cableWidth(0)).toBe(1.5);
    expect(cableWidth(100_000)).toBeCloseTo(3.5);
    expect(cableWidth(1e15)).toBe(6.5);
  });
});

describe('a card that is plugged in elsewhere', () => {
  const domain = (interfaces: string): Domain =>
    parseDomain(
      `<domain type='test'><name>a</name><memory>1</memory><os><type>hvm</type></os><devices>${interfaces}</devices></domain>`,
    );
  const before = domain(`
    <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
    <interface type='network'><mac address='52:54:00:00:00:02'/><source network='default'/><model type='e1000e'/><link state='down'/><boot order='1'/></interface>`);
  const [first, second] = cardsOf('a', before);

  it('stays the card the guest knows', () => {
    if (first === undefined || second === undefined) throw new Error('no cards');
    const after = connectCard(before, second, { kind: 'bridge', name: 'br0' }, true);
    expect(cardsOf('a', after)).toMatchObject([
      { type: 'user' },
      { type: 'bridge', source: 'br0', mac: '52:54:00:00:00:02', model: 'e1000e', plugged: true },
    ]);
    expect(after.devices?.interface[1]).toMatchObject({ boot: { order: 1 } });
    const moved = connectCard(before, first, { kind: 'network', name: 'lab' }, true);
    expect(cardsOf('a', moved)[0]).toMatchObject({ type: 'network', source: 'lab', model: 'virtio' });
  });

  it('is found by its address when its place is another', () => {
    if (second === undefined) throw new Error('no card');
    const after = connectCard(before, { ...second, index: 0 }, { kind: 'network', name: 'lab' }, true);
    expect(cardsOf('a', after).map(({ type, source }) => `${type} ${source ?? ''}`)).toEqual(['user ', 'network lab']);
  });

  it('is unplugged by its link alone', () => {
    if (first === undefined || second === undefined) throw new Error('no cards');
    const after = connectCard(before, second, { kind: 'network', name: 'default' }, false);
    expect(after).toEqual(before);
  });
});
