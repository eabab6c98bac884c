import { describe, expect, test } from 'vitest';
import { domainSample, hostSample } from '../../../../../src-main/engine/figures/rates.ts';
import type { DomainStats } from '../../../../../src-main/engine/stats.ts';

const stats = (change: Partial<DomainStats>): DomainStats => ({
  uuid: 'u',
  name: 'web',
  state: { state: 1, reason: 1 },
  ...change,
});
const cpu = (timeNs: number) => ({ timeNs, userNs: 0, systemNs: 0 });
const vcpu = { current: 2, maximum: 2, each: [] };

describe('the figures of a machine', () => {
  test('are rates between two readings, the CPU of all its vCPUs', () => {
    const sample = domainSample(
      stats({ cpu: cpu(2_000_000_000), vcpu }),
      stats({ cpu: cpu(1_000_000_000), vcpu }),
      1000,
    );
    expect(sample).toMatchObject({ uuid: 'u', state: 'running', cpu: 0.5 });
  });

  test('have no rate at the first reading and after a counter started anew', () => {
    expect(domainSample(stats({ cpu: cpu(5) }), undefined, 0).cpu).toBeUndefined();
    expect(domainSample(stats({ cpu: cpu(5) }), stats({ cpu: cpu(9) }), 1000).cpu).toBeUndefined();
  });

  test('take memory from the guest where it tells, else what the host gave', () => {
    const balloon = { currentKiB: 1000, maximumKiB: 1000, rssKiB: 700 };
    const told = domainSample(stats({ balloon: { ...balloon, availableKiB: 900, unusedKiB: 500 } }), undefined, 0);
    expect(told.memoryUsedKiB).toBe(400);
    expect(told.blanks?.['memory']).toBeUndefined();
    const silent = domainSample(stats({ balloon }), undefined, 0);
    expect(silent.memoryUsedKiB).toBe(700);
    expect(silent.blanks?.['memory']).toBe('blank.no-balloon-driver');
  });

  test('say why they are blank', () => {
    expect(domainSample(stats({}), undefined, 0).blanks).toMatchObject({
      disk: 'blank.no-disk',
      network: 'blank.no-network-counters',
    });
  });
});

test("the host's figures are its share of all CPUs and its rates", () => {
  const counters = {
    timeMs: 0,
    cpuBusyTicks: 100,
    cpuTotalTicks: 1000,
    memoryTotalKiB: 8,
    memoryUsedKiB: 4,
    networkRxBytes: 0,
    networkTxBytes: 0,
    diskReadBytes: 0,
    diskWriteBytes: 0,
  };
  const later = { ...counters, timeMs: 2000, cpuBusyTicks: 150, cpuTotalTicks: 1200, networkRxBytes: 4000 };
  expect(hostSample(later, counters)).toMatchObject({ cpu: 0.25, networkRxBytesPerSecond: 2000 });
});
