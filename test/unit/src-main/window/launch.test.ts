import { expect, test } from 'vitest';
import { handOver, readArguments } from '../../../../src-main/window/launch.ts';

test('reads a connection, a console and files', () => {
  expect(readArguments(['--connect', 'test:///default', '--show-domain-console=web', 'disk.iso'], '/home/a')).toEqual([
    { command: 'connect', uri: 'test:///default' },
    { command: 'open-medium', path: '/home/a/disk.iso' },
    { command: 'show-console', machine: 'web', uri: 'test:///default' },
  ]);
});

test('leaves Chromium’s switches to Chromium, and decodes file addresses', () => {
  expect(readArguments(['--no-sandbox', '--lang=de', 'file:///a%20b.iso'], '/')).toEqual([
    { command: 'open-medium', path: '/a b.iso' },
  ]);
});

test('takes nothing else from a second instance', () => {
  expect(handOver.safeParse({ commands: [{ command: 'run', path: '/bin/sh' }] }).success).toBe(false);
  expect(handOver.safeParse({ commands: [{ command: 'new-machine' }] }).success).toBe(true);
});
