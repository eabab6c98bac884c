import { expect, test } from 'vitest';
import { parseCpu, parseDisks, parseMemory, parseNetwork } from '../../../../src-main/host/figures.ts';

test('CPU ticks are busy unless idle or waiting, and guest time is not counted twice', () => {
  expect(parseCpu('cpu  10 1 5 100 20 2 3 4 50 0\ncpu0 1 1 1 1\n')).toEqual({ cpuBusyTicks: 25, cpuTotalTicks: 145 });
});

test('memory that is available is not used', () => {
  expect(parseMemory('MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    400 kB\n')).toEqual({
    memoryTotalKiB: 1000,
    memoryUsedKiB: 600,
  });
});

test('only the network cards of the host count', () => {
  const row = (name: string, rx: number, tx: number) => `  ${name}: ${rx} 1 0 0 0 0 0 0 ${tx} 1 0 0 0 0 0 0`;
  const text = [
    'Inter-|   Receive',
    ' face |bytes',
    row('lo', 999, 999),
    row('eth0', 10, 20),
    row('vnet3', 5, 5),
    row('wlp2s0', 1, 2),
  ].join('\n');
  expect(parseNetwork(text)).toEqual({ networkRxBytes: 11, networkTxBytes: 22 });
});

test('only whole disks count', () => {
  const text = [
    '   8       0 sda 1 0 100 0 1 0 200 0 0 0 0',
    '   8       1 sda1 1 0 50 0 1 0 50 0 0 0 0',
    ' 259       0 nvme0n1 1 0 8 0 1 0 2 0 0 0 0',
    '   7       0 loop0 1 0 9 0 1 0 9 0 0 0 0',
  ].join('\n');
  expect(parseDisks(text)).toEqual({ diskReadBytes: 108 * 512, diskWriteBytes: 202 * 512 });
});
