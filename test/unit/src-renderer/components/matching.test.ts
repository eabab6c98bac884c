import { expect, it } from 'vitest';
import { matching } from '../../../../src-renderer/components/matching.ts';

const options = [
  { label: 'Debian 12', also: 'bookworm' },
  { label: 'Ubuntu 24.04 LTS', detail: '2024' },
];

it('wants every word, in whatever is searched', () => {
  expect(matching(options, 'deb book').map(({ label }) => label)).toEqual(['Debian 12']);
  expect(matching(options, 'lts 2024').map(({ label }) => label)).toEqual(['Ubuntu 24.04 LTS']);
  expect(matching(options, 'debian 24')).toEqual([]);
  expect(matching(options, '')).toBe(options);
});
