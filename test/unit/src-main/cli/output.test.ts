import { expect, test } from 'vitest';
import { field, parseSize, prettyBytes, table } from '../../../../src-main/cli/output.ts';

test('a table is laid out as virsh lays it out', () => {
  expect(
    table(
      ['Id', 'Name', 'State'],
      [
        ['1', 'test', 'running'],
        ['-', 'a-longer-name', 'shut off'],
      ],
    ),
  ).toBe(
    ` Id   Name            State
--------------------------------
 1    test            running
 -    a-longer-name   shut off

`,
  );
});

test('an empty table keeps its header', () => {
  expect(table(['Id', 'Name'], [])).toBe(' Id   Name\n------------\n\n');
});

test('a field has its label in fifteen columns', () => {
  expect(field('Name', 'web')).toBe('Name:           web\n');
});

test.each([
  [0, '0.00 B'],
  [1536, '1.50 KiB'],
  [10 * 1024 ** 3, '10.00 GiB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(prettyBytes(bytes)).toBe(text);
});

test.each([
  ['512', 512],
  ['1k', 1024],
  ['1KB', 1000],
  ['1.5G', 1.5 * 1024 ** 3],
  ['2 MiB', 2 * 1024 ** 2],
  ['ten', undefined],
  ['1X', undefined],
  ['-1', undefined],
])('the size %s is %s bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test('a bare number takes the unit that the command works in', () => {
  expect(parseSize('4', 1024)).toBe(4096);
});
