import { describe, expect, it } from 'vitest';
import { portSpecification } from '../../../../../../src-main/drivers/qemu/process/helpers.ts';

describe('ports for passt', () => {
  it.each([
    [{ proto: 'tcp', range: [] }, 'all'],
    [{ proto: 'tcp', range: [{ start: 2022, to: 22 }] }, '2022:22'],
    [{ proto: 'tcp', range: [{ start: 80 }, { start: 443 }] }, '80,443'],
    [
      { proto: 'udp', address: '10.0.0.1', range: [{ start: 5000, end: 5020, to: 6000 }] },
      '10.0.0.1/5000-5020:6000-6020',
    ],
    [
      {
        proto: 'tcp',
        address: '::1',
        dev: 'eth0',
        range: [
          { start: 1, end: 9 },
          { start: 5, exclude: true },
        ],
      },
      '::1%eth0/1-9,~5',
    ],
    [{ proto: 'tcp', dev: 'eth0', range: [] }, '%eth0/all'],
  ] as const)('%o', (forward, expected) => {
    expect(portSpecification({ ...forward, range: [...forward.range] })).toBe(expected);
  });
});
