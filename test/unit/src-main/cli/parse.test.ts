import { expect, test } from 'vitest';
import { parseInvocation } from '../../../../src-main/cli/parse.ts';
import type { Command } from '../../../../src-main/cli/command.ts';

const command: Command = {
  name: 'save',
  group: 'Machines',
  summary: 'save',
  operands: [
    { name: 'domain', kind: 'domain' },
    { name: 'file', kind: 'file', optional: true },
  ],
  options: [
    { name: 'running', help: '' },
    { name: 'mode', value: 'MODE', help: '' },
  ],
  needs: 'engine',
  run: () => Promise.resolve(0),
};

test('operands come by place or by name, options anywhere', () => {
  const expected = { operands: { domain: 'web', file: 'x' }, rest: [], options: { running: true, mode: 'acpi' } };
  expect(parseInvocation(command, ['web', '--running', 'x', '--mode', 'acpi'])).toEqual(expected);
  expect(parseInvocation(command, ['--file', 'x', '--mode=acpi', '--running', '--domain', 'web'])).toEqual(expected);
});

test('a missing operand is named', () => {
  expect(() => parseInvocation(command, [])).toThrow("command 'save' requires <domain> option");
});

test('a word too many and an unknown option are named', () => {
  expect(() => parseInvocation(command, ['a', 'b', 'c'])).toThrow("unexpected data 'c'");
  expect(() => parseInvocation(command, ['a', '--fast'])).toThrow('--fast');
});

test('words that look like options can be given behind --', () => {
  expect(parseInvocation(command, ['--', '-web']).operands).toEqual({ domain: '-web' });
});

test('the rest of the words goes to an operand that takes it', () => {
  const keys: Command = {
    ...command,
    operands: [
      { name: 'domain', kind: 'domain' },
      { name: 'keys', kind: 'text', rest: true },
    ],
  };
  expect(parseInvocation(keys, ['web', 'KEY_A', 'KEY_B']).rest).toEqual(['KEY_A', 'KEY_B']);
  expect(() => parseInvocation(keys, ['web'])).toThrow('<keys>');
});
