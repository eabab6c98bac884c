import { describe, expect, it } from 'vitest';
import { networkStats, parseDeviceTable } from '../../../../../../src-main/drivers/qemu/observe/network-stats.ts';
import { parseDevice } from '../../../../../../src-main/engine/device-edit.ts';
import type { Interface } from '../../../../../../src-shared/model/domain/index.ts';

const table = parseDeviceTable(`Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       1       2    0    0    0     0          0         0        1       2    0    0    0     0       0          0
 vnet0:     100      10    1    2    0     0          0         0      900      90    3    4    0     0       0          0
macvtap0:     100      10    1    2    0     0          0         0      900      90    3    4    0     0       0          0
`);
const card = (type: string, source: string, dev: string): Interface =>
  parseDevice(`<interface type='${type}'>${source}<target dev='${dev}'/></interface>`).device as Interface;

describe('the counters of cards', () => {
  it("are the guest's: what it receives is what leaves the host by a tap", () => {
    const tap = card('bridge', "<source bridge='br0'/>", 'vnet0');
    expect(networkStats([tap], table)).toEqual([
      {
        name: 'vnet0',
        ...{ rxBytes: 900, rxPackets: 90, rxErrors: 3, rxDropped: 4 },
        ...{ txBytes: 100, txPackets: 10, txErrors: 1, txDropped: 2 },
      },
    ]);
    const beside = card('direct', "<source dev='eth0' mode='bridge'/>", 'macvtap0');
    expect(networkStats([beside], table)).toMatchObject([{ rxBytes: 100, txBytes: 900 }]);
  });

  it('are unknown where there is no device of the host', () => {
    expect(networkStats([card('bridge', "<source bridge='br0'/>", 'vnet5')], table)).toBeUndefined();
  });
});
