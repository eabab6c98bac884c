import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { helperErrors } from '../../../src-main/network/helper/names.ts';
import type { HostNames } from '../../../src-shared/model/network-host-names.ts';
import { findResolved } from '../../support/resolved.ts';
import { startResolved } from '../network/real-resolved.ts';
import { bridge, BusLab, until, users, whatIsMissing } from './bus-lab.ts';

const found = findResolved();
const missing = whatIsMissing() ?? (typeof found === 'string' ? found : undefined);

const nat = `<network><name>lab</name><forward mode='nat'/><bridge name='virbr9' stp='off'/>
  <domain name='vm.test' localOnly='yes'/>
  <ip address='192.168.77.1' netmask='255.255.255.0'>
    <dhcp><host mac='52:54:00:00:00:01' name='web' ip='192.168.77.5'/></dhcp>
  </ip></network>`;

describe.skipIf(missing !== undefined)(
  `names of an ordinary user's guests${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let lab: BusLab;

    beforeEach(async () => {
      lab = await BusLab.open();
      if (typeof found !== 'string') await startResolved(lab.lab, found);
    });
    afterEach(async () => {
      await (lab as BusLab | undefined)?.close();
    });

    const answer = async (): Promise<string> =>
      await lab.lab.run(['getent', 'ahostsv4', 'web.vm.test'], { acceptCodes: [0, 2] });

    it('are found by the host, as the helper has told it, and no more when the network stops', async () => {
      const caller = await lab.caller(users.allowed);
      const home = await lab.home(users.allowed);
      const { uuid } = (await caller.ask('networks', home, 'define', nat)) as { uuid: string };
      await caller.ask('networks', home, 'start', uuid);
      expect(await lab.recorded()).toContain(`u${users.allowed}-names-virbr9`);
      await lab.lab.guest('one', 'virbr9', '52:54:00:00:00:01');
      await lab.lab.lease('one');
      await until('the host finds the guest', async () => (await answer()).startsWith('192.168.77.5'));
      const { reason, names } = (await caller.ask('networks', home, 'hostNames', uuid)) as HostNames;
      expect(reason).toBeUndefined();
      expect(names).toMatchObject([{ name: 'web.vm.test', resolves: true }]);
      await lab.lab.unplug('one');
      await caller.ask('networks', home, 'destroy', uuid);
      expect(await answer()).toBe('');
      expect(await lab.recorded()).toEqual([]);
    });

    it('are asked of nobody but the server on a bridge of the user’s, about domains that nobody has', async () => {
      const caller = await lab.caller(users.allowed);
      const set = { verb: 'names-set', link: bridge.link, domain: 'vm.test', servers: ['192.168.77.1'] };
      const refusal = { errorName: helperErrors.refused };
      const ask = async (action: object): Promise<unknown> =>
        await caller.ask('raw', 'Perform', 's', [JSON.stringify(action)]);
      await expect(ask(set)).rejects.toMatchObject(refusal);
      await caller.ask('perform', bridge);
      await caller.ask('perform', { verb: 'address-add', link: bridge.link, address: '192.168.77.1/24' });
      for (const wrong of [
        { domain: 'example.com' },
        { domain: 'com' },
        { domain: '.' },
        { domain: 'vm.test\n' },
        { servers: ['198.51.100.1'] },
        { servers: ['192.168.77.2'] },
        { link: 'wan0' },
      ]) {
        await expect(ask({ ...set, ...wrong }), JSON.stringify(wrong)).rejects.toMatchObject(refusal);
      }
      await caller.ask('perform', set);
      const other = await lab.caller(users.other);
      await other.ask('perform', { verb: 'names-clear', link: bridge.link });
      expect(await lab.recorded()).toContain(`u${users.allowed}-names-${bridge.link}`);
      await caller.ask('perform', { verb: 'bridge-delete', link: bridge.link, mac: bridge.mac });
    });
  },
);
