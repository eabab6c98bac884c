import { describe, expect, it } from 'vitest';
import {
  collide,
  forwardProblem,
  forwardText,
  type NetworkForward,
  readForwards,
  withForwards,
} from '../../../../src-shared/model/network-forwards.ts';
import { formatNetwork, parseNetwork } from '../../../../src-shared/model/network.ts';

const network = parseNetwork(`<network>
  <name>lab</name>
  <metadata><app:note xmlns:app="urn:app">kept</app:note></metadata>
  <forward mode='nat'/>
  <ip address='192.168.77.1' prefix='24'/>
  <ip family='ipv6' address='fd00:77::1' prefix='64'/>
</network>`);
const web: NetworkForward = { protocol: 'tcp', hostPort: 8080, to: '192.168.77.10', guestPort: 80 };
const dns: NetworkForward = { protocol: 'udp', address: 'fd00::1', hostPort: 53, to: 'fd00:77::5', guestPort: 53 };

describe('forwards of a network', () => {
  it('are kept in its metadata beside what others keep there', () => {
    const changed = withForwards(network, [web, dns]);
    const read = parseNetwork(formatNetwork(changed));
    expect(readForwards(read)).toEqual([web, dns]);
    expect(formatNetwork(read)).toContain('kept');
    expect(formatNetwork(withForwards(read, []))).toBe(formatNetwork(network));
    expect(readForwards(network)).toEqual([]);
  });

  it('lead to guests of the network only', () => {
    expect(forwardProblem(network, web, [])).toBeUndefined();
    expect(forwardProblem(network, { ...web, to: '192.168.77.1' }, [])).toBe('not-a-guest');
    expect(forwardProblem(network, { ...web, to: '10.0.0.1' }, [])).toBe('not-a-guest');
    expect(forwardProblem(network, { ...web, address: 'fd00::1' }, [])).toBe('family');
    expect(forwardProblem(network, { ...web, to: '192.168.77.11' }, [web])).toBe('twice');
    const { forward: _, ...isolated } = network;
    expect(forwardProblem(isolated, web, [])).toBe('mode');
  });

  it('collide where a packet could be for both', () => {
    expect(collide(web, { ...web, address: '192.0.2.1' })).toBe(true);
    expect(collide({ ...web, address: '192.0.2.2' }, { ...web, address: '192.0.2.1' })).toBe(false);
    expect(collide(web, { ...web, protocol: 'udp' })).toBe(false);
    expect(collide(web, { ...web, to: 'fd00:77::5' })).toBe(false);
  });

  it('read as a line', () => {
    expect([web, dns].map(forwardText)).toEqual(['tcp 8080 → 192.168.77.10:80', 'udp [fd00::1]:53 → [fd00:77::5]:53']);
  });
});
