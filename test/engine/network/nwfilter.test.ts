import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineGone, Lab, type LabEngine } from './lab.ts';
import { cardXml, machineXml } from './machine.ts';

let lab: Lab;
let engine: LabEngine;

const uuid = 'd0a3d1f7-6f0c-4f0a-9a55-1f4a6a0d8f0e';
const network = `<network>
  <name>lab</name>
  <uuid>${uuid}</uuid>
  <bridge name='virbr9' stp='off'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.77.10' end='192.168.77.99'/></dhcp>
  </ip>
  <ip family='ipv6' address='fd00:77::1' prefix='64'/>
</network>`;

/** The two guests: `web` passes a filter, `other` does not. */
const mac = { web: '52:54:00:aa:00:01', other: '52:54:00:aa:00:02', strange: '52:54:00:aa:00:99' };
const address = { web: '192.168.77.11', other: '192.168.77.12', strange: '192.168.77.55' };
const host = '192.168.77.1';

beforeEach(async () => {
  lab = await Lab.open();
  engine = await lab.engine();
  await engine.networks.define(network);
  await engine.networks.start(uuid);
  for (const name of ['web', 'other'] as const) {
    await lab.guest(name, 'virbr9', mac[name]);
    await lab.sh(`ip -n ${name} address add ${address[name]}/24 dev eth0`);
  }
});
afterEach(async () => {
  await lab.close();
});

const binding = (filter: string, parameters: Readonly<Record<string, string>> = {}): string => `<filterbinding>
  <owner><name>web</name><uuid>11111111-2222-4333-8444-555555555555</uuid></owner>
  <portdev name='tap-web'/>
  <mac address='${mac.web}'/>
  <filterref filter='${filter}'>
    ${Object.entries(parameters)
      .map(([name, value]) => `<parameter name='${name}' value='${value}'/>`)
      .join('')}
  </filterref>
</filterbinding>`;

/** Whether the other guest gets an answer for an address it asks the wire for, as seen by who asks. */
const answersArp = async (asker: string, target: string, source?: string): Promise<boolean> => {
  const as = source === undefined ? '' : `-s ${source}`;
  const said = await lab.sh(`ip netns exec ${asker} busybox arping -c 2 -w 2 ${as} -I eth0 ${target} || true`);
  return /Received [1-9]|Unicast reply|bytes from/.test(said);
};

/** What the other guest now believes about who has an address. */
const neighbour = async (guest: string, of: string): Promise<string> => await lab.sh(`ip -n ${guest} neigh show ${of}`);

const forgetNeighbours = async (): Promise<void> => {
  await lab.sh('for n in web other; do ip -n $n neigh flush all; done; ip neigh flush all');
};

const rules = async (): Promise<string> => await lab.run(['nft', 'list', 'ruleset']);

describe('a guest behind clean-traffic', () => {
  beforeEach(async () => {
    await engine.filters.createBinding(binding('clean-traffic', { IP: address.web }));
  });

  it('talks in its own name with the host and its neighbours', async () => {
    expect(await lab.reaches('web', host)).toBe(true);
    expect(await lab.reaches('web', address.other)).toBe(true);
    expect(await lab.reaches('other', address.web)).toBe(true);
    expect(await lab.reaches('host', address.web)).toBe(true);
  });

  it('reaches nobody from another hardware address', async () => {
    await lab.sh(
      `ip -n web link set eth0 down; ip -n web link set eth0 address ${mac.strange}; ip -n web link set eth0 up`,
    );
    await forgetNeighbours();
    expect(await lab.reaches('web', host)).toBe(false);
    expect(await lab.reaches('web', address.other)).toBe(false);
    await lab.sh(
      `ip -n web link set eth0 down; ip -n web link set eth0 address ${mac.web}; ip -n web link set eth0 up`,
    );
    await forgetNeighbours();
    expect(await lab.reaches('web', host)).toBe(true);
  });

  it('reaches nobody from another IP address', async () => {
    await lab.sh(`ip -n web address add ${address.strange}/24 dev eth0`);
    const spoofed = `ip netns exec web busybox ping -c 1 -W 1 -I ${address.strange} ${host}`;
    // The host knows where the answer would go: only the packet itself is in the way.
    await lab.sh(`ip neigh replace ${address.strange} lladdr ${mac.web} dev virbr9`);
    expect(await lab.sh(`${spoofed} && echo through || echo dropped`)).toContain('dropped');
    await engine.filters.deleteBinding('tap-web');
    expect(await lab.sh(`${spoofed} && echo through || echo dropped`)).toContain('through');
  });

  it("can't make others believe that it has another's address", async () => {
    await lab.sh(`ip -n web address add ${address.strange}/24 dev eth0`);
    await forgetNeighbours();
    expect(await answersArp('other', address.strange)).toBe(false);
    expect(await neighbour('other', address.strange)).not.toContain(mac.web);
    expect(await answersArp('other', address.web)).toBe(true);
    await engine.filters.deleteBinding('tap-web');
    expect(await answersArp('other', address.strange)).toBe(true);
  });

  it('sends no other kind of packet, while neighbours without a filter do', async () => {
    for (const name of ['web', 'other'])
      await lab.sh(`ip -n ${name} address add fd00:77::${name === 'web' ? 11 : 12}/64 dev eth0 nodad`);
    expect(await lab.reaches('web', 'fd00:77::1')).toBe(false);
    expect(await lab.reaches('other', 'fd00:77::1')).toBe(true);
    expect(await lab.reaches('other', host)).toBe(true);
  });
});

describe("a guest's IPv6 packets", () => {
  it('pass in its own name only', async () => {
    await lab.sh(
      `ip -n web address add fd00:77::11/64 dev eth0 nodad; ip -n web address add fd00:77::66/64 dev eth0 nodad`,
    );
    await engine.filters.define(`<filter name='clean-ipv6' chain='root'>
      <filterref filter='no-mac-spoofing'/>
      <rule action='accept' direction='out' priority='-620'><ipv6 srcipaddr='fe80::' srcipmask='10'/></rule>
      <filterref filter='no-ipv6-spoofing'/>
    </filter>`);
    const from = async (source: string): Promise<boolean> =>
      (
        await lab.sh(
          `ip netns exec web busybox ping -6 -c 1 -W 1 -I ${source} fd00:77::1 && echo through || echo dropped`,
        )
      ).includes('through');
    expect(await from('fd00:77::11')).toBe(true);
    expect(await from('fd00:77::66')).toBe(true);
    await engine.filters.createBinding(binding('clean-ipv6', { IPV6: 'fd00:77::11' }));
    expect(await from('fd00:77::11')).toBe(true);
    expect(await from('fd00:77::66')).toBe(false);
    await lab.sh('ip -n other address add fd00:77::12/64 dev eth0 nodad');
    expect(await lab.reaches('other', 'fd00:77::1')).toBe(true);
  });

  it('pass a rule about ports where there is one', async () => {
    await lab.sh('ip -n web address add fd00:77::11/64 dev eth0 nodad');
    await engine.filters.define(`<filter name='one-port' chain='root'>
      <rule action='accept' direction='out' statematch='false'><tcp-ipv6 dstportstart='7070'/></rule>
      <rule action='drop' direction='out' statematch='false'><tcp-ipv6/></rule>
    </filter>`);
    // Nobody listens: what comes through is refused at once, what does not is waited for.
    const connects = async (port: number): Promise<boolean> => {
      const connect = `exec 3<>/dev/tcp/fd00:77::1/${port}`;
      return (await lab.sh(`ip netns exec web timeout 2 bash -c '${connect}' 2>&1 || true`)).includes('refused');
    };
    expect([await connects(7070), await connects(7071)]).toEqual([true, true]);
    await engine.filters.createBinding(binding('one-port'));
    expect([await connects(7070), await connects(7071)]).toEqual([true, false]);
  });
});

describe("a guest's address", () => {
  it('is learned from its lease; before, it can only ask for one', async () => {
    await lab.sh(`ip -n web address flush dev eth0`);
    await engine.filters.createBinding(binding('clean-traffic', { CTRL_IP_LEARNING: 'dhcp' }));
    await lab.sh(`ip -n web address add ${address.web}/24 dev eth0`);
    expect(await lab.reaches('web', host)).toBe(false);
    await lab.sh(`ip -n web address del ${address.web}/24 dev eth0`);
    const { ip = '' } = await lab.lease('web');
    expect(ip).toMatch(/^192\.168\.77\./);
    for (let tries = 0; tries < 40 && !(await rules()).includes(`ip saddr ${ip}`); tries += 1) await delay(100);
    expect(await lab.reaches('web', host)).toBe(true);
  });
});

describe('a filter that is changed while it is in force', () => {
  const open = `<filter name='mine' chain='root'><uuid>7b0e4d6b-73f5-4b5a-a3d4-2a2c0f5d1c11</uuid></filter>`;
  const closed = open.replace('</uuid>', "</uuid><rule action='drop' direction='out'><mac protocolid='ipv4'/></rule>");
  const impossible = open.replace(
    '</uuid>',
    "</uuid><rule action='drop' direction='out'><ip srcipaddr='$NOBODY'/></rule>",
  );

  it('changes for every interface at once, and stays as it is when the new one is impossible', async () => {
    await engine.filters.define(open);
    await engine.filters.define("<filter name='outer' chain='root'><filterref filter='mine'/></filter>");
    await engine.filters.createBinding(binding('outer'));
    expect(await lab.reaches('web', host)).toBe(true);
    await engine.filters.define(closed);
    expect(await lab.reaches('web', host)).toBe(false);
    const before = await rules();
    await expect(engine.filters.define(impossible)).rejects.toThrow(/can't be put in force on tap-web/);
    expect(await rules()).toBe(before);
    expect(await engine.filters.xml('7b0e4d6b-73f5-4b5a-a3d4-2a2c0f5d1c11')).not.toContain('NOBODY');
    await expect(engine.filters.undefine('7b0e4d6b-73f5-4b5a-a3d4-2a2c0f5d1c11')).rejects.toThrow('nwfilter is in use');
    await engine.filters.deleteBinding('tap-web');
    expect(await rules()).not.toContain('table bridge');
    await engine.filters.undefine('7b0e4d6b-73f5-4b5a-a3d4-2a2c0f5d1c11');
  });
});

describe('an engine killed while it puts a filter in force, or takes it off', () => {
  const dies = async (call: Promise<unknown>): Promise<void> => {
    await expect(call).rejects.toBeInstanceOf(EngineGone);
  };

  it('leaves nothing half done to the next, whichever step it was at', async () => {
    const before = await rules();
    // Two steps: the table, the rules.
    for (const moment of [0, 1, 2, 3]) {
      engine.crashAt(moment);
      await dies(engine.filters.createBinding(binding('clean-traffic', { IP: address.web })));
      engine = await lab.engine();
      expect(await engine.filters.bindings(), `moment ${moment}`).toEqual([]);
      expect(await rules(), `moment ${moment}`).toBe(before);
    }
    for (const moment of [0, 1, 2, 3]) {
      await engine.filters.createBinding(binding('clean-traffic', { IP: address.web }));
      engine.crashAt(moment);
      await dies(engine.filters.deleteBinding('tap-web'));
      engine = await lab.engine();
      expect(await engine.filters.bindings(), `moment ${moment}`).toEqual([]);
      expect(await rules(), `moment ${moment}`).toBe(before);
    }
  });

  it('is followed by one that goes on with what is in force, and repairs it', async () => {
    await engine.filters.createBinding(binding('clean-traffic', { IP: address.web }));
    engine.kill();
    await lab.run(['nft', 'delete', 'table', 'bridge', 'vivarium_test']);
    engine = await lab.engine();
    expect(await engine.filters.bindings()).toEqual([{ portDev: 'tap-web', filterName: 'clean-traffic' }]);
    expect(await rules()).toContain(`ip saddr ${address.web}`);
  });
});

describe("a machine's card that names a filter", () => {
  it('is bound to it from being plugged in to being unplugged, also by the next engine', async () => {
    const parameter = `<parameter name='IP' value='${address.strange}'/>`;
    const filterref = `<filterref filter='clean-traffic'>${parameter}</filterref>`;
    const card = cardXml(mac.strange, "<source network='lab'/>", filterref);
    const { uuid: machine } = await engine.domains.define(machineXml(lab.folder, 'guest', card));
    await engine.domains.start(machine, { paused: true });
    const [binding_, ...others] = await engine.filters.bindings();
    expect(others).toEqual([]);
    expect(binding_).toMatchObject({ filterName: 'clean-traffic' });
    expect(await engine.filters.bindingXml(binding_?.portDev ?? '')).toContain(machine);
    expect(await rules()).toContain(`ip saddr ${address.strange} return`);
    engine.kill();
    engine = await lab.engine();
    expect(await engine.domains.list()).toMatchObject([{ name: 'guest', state: 'paused' }]);
    expect(await engine.filters.bindings()).toEqual([binding_]);
    await expect(engine.filters.undefine((await engine.filters.lookupByName('no-ip-spoofing')).uuid)).rejects.toThrow(
      'nwfilter is in use',
    );
    await engine.domains.destroy(machine);
    expect(await engine.filters.bindings()).toEqual([]);
    expect(await rules()).not.toContain('table bridge');
  });
});
