/** VLANs in a bridge of Linux, on a kernel that has them: what the engine tells `bridge` keeps ports apart. */
import { describe, expect, it } from 'vitest';
import { bridgeVlanCommands, bridgeVlans, plainVlans, readVlans } from '../../../src-main/network/ports/vlans.ts';
import type { Vlan } from '../../../src-shared/model/network-common.ts';
import { runOnKernel, unpackedKernel } from './kernel.ts';

const kernel = await unpackedKernel();

const vlansOf = (vlan: Vlan): ReturnType<typeof bridgeVlans> => bridgeVlans(readVlans(vlan));
const set = (port: string, now: readonly number[], wanted: ReturnType<typeof bridgeVlans>): string =>
  `bridge -batch - <<'.'\n${bridgeVlanCommands(port, now, wanted)}.`;
const only = (id: number): ReturnType<typeof bridgeVlans> => vlansOf({ tag: [{ id }] });
/** Says yes or no. */
const ping = (name: string, from: string, address: string): string =>
  `ip netns exec ${from} ping -c 3 -W 1 ${address} >/dev/null 2>&1 && echo "${name}: yes" || echo "${name}: no"`;

// Where the package is: Debian and its like.
describe.skipIf(kernel === undefined)('ports of a bridge that are in VLANs', () => {
  it('reach those of their own VLAN, by what is tagged and what is not', async () => {
    const guests = ['a', 'b', 'c', 't', 'd'];
    const trunk = vlansOf({ trunk: true, tag: [{ id: 42, nativeMode: 'untagged' }, { id: 43 }] });
    const output = await runOnKernel(
      kernel ?? '',
      ['llc', 'stp', 'bridge', 'garp', 'mrp', '8021q', 'veth'],
      [
        'ip link add br0 type bridge && ip link set br0 up && ip addr add 192.0.2.100/24 dev br0',
        ...guests.map(
          (guest, place) => `ip netns add ${guest}
ip link add v${guest} type veth peer name eth0 netns ${guest} && ip link set v${guest} master br0 && ip link set v${guest} up
ip -n ${guest} addr add 192.0.2.${place + 1}/24 dev eth0 && ip -n ${guest} link set eth0 up`,
        ),
        'ip link set dev br0 type bridge vlan_filtering 1',
        ...[set('va', [1], only(42)), set('vb', [1], only(42)), set('vc', [1], only(43)), set('vt', [1], trunk)],
        'ip -n t link add link eth0 name eth0.43 type vlan id 43 && ip -n t link set eth0.43 up',
        'ip -n t addr add 198.51.100.4/24 dev eth0.43; ip -n c addr add 198.51.100.3/24 dev eth0; sleep 1',
        ping('same', 'a', '192.0.2.2'),
        ping('other', 'a', '192.0.2.3'),
        ping('host', 'a', '192.0.2.100'),
        ping('untagged', 't', '192.0.2.1'),
        ping('tagged', 't', '198.51.100.3'),
        ping('none', 'd', '192.0.2.1'),
        ping('none to host', 'd', '192.0.2.100'),
        set('vc', [43], only(42)),
        ping('moved', 'a', '192.0.2.3'),
        set('va', [42], plainVlans),
        ping('taken out', 'a', '192.0.2.100'),
        'bridge -json vlan show dev va; echo',
      ].join('\n'),
    );
    const answers = Object.fromEntries(
      [...output.matchAll(/^([a-z ]+): (yes|no)\r?$/gm)].map(([, name = '', answer = '']) => [name, answer]),
    );
    expect(answers, output.slice(-3000)).toEqual({
      ...{ same: 'yes', other: 'no', host: 'no', untagged: 'yes', tagged: 'yes' },
      ...{ none: 'no', 'none to host': 'yes', moved: 'yes', 'taken out': 'yes' },
    });
    // As the engine reads it before it changes anything.
    expect(output).toMatch(/\[\{"ifname":"va","vlans":\[\{"vlan":1,"flags":\["PVID","Egress Untagged"\]\}\]\}\]/);
  });
});
