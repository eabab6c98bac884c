import { expect, test } from 'vitest';
import {
  type Connection,
  type ConnectionEvent,
  initialConnection,
  nextConnection,
} from '../../../../../src-renderer/features/console/connection.ts';
import { renderingOf, scaleOf } from '../../../../../src-renderer/features/console/display/scaling.ts';

const after = (...events: ConnectionEvent[]): Connection => events.reduce(nextConnection, initialConnection);
const running: ConnectionEvent = { name: 'running', running: true };
const lost: ConnectionEvent = { name: 'closed', error: undefined };
const refused = (code: 'resource-busy' | 'auth-failed' | 'no-device' | 'config-unsupported'): ConnectionEvent => ({
  name: 'closed',
  error: { code, domain: 'none', message: 'refused' },
});

test('connects when the machine runs, and is off when it does not', () => {
  expect(after(running).state.name).toBe('connecting');
  expect(after(running, { name: 'connected' }).state.name).toBe('connected');
  expect(after(running, { name: 'connected' }, { name: 'running', running: false }).state.name).toBe('off');
});

test('tries again by itself, ever more patiently, until it stands', () => {
  const first = after(running, lost).state;
  const later = after(running, lost, { name: 'retry' }, lost, { name: 'retry' }, lost).state;
  if (first.name !== 'waiting' || later.name !== 'waiting') throw new Error('not waiting');
  expect(later.delayMs).toBeGreaterThan(first.delayMs);
  expect(after(running, lost, { name: 'retry' }, { name: 'connected' }).attempts).toBe(0);
});

test('never takes a console that somebody else has unless it is told to', () => {
  const busy = after(running, refused('resource-busy'));
  expect(busy.state.name).toBe('busy');
  expect(nextConnection(busy, { name: 'retry' }).force).toBe(false);
  const taken = nextConnection(busy, { name: 'retry', force: true });
  expect(taken.force).toBe(true);
  expect(nextConnection(taken, lost).force).toBe(false);
});

test('asks for a password, and stops where trying again would not help', () => {
  expect(after(running, refused('auth-failed')).state.name).toBe('password');
  expect(after(running, refused('no-device')).state.name).toBe('failed');
});

test('goes on trying where an engine has not found its running machines again yet', () => {
  const early = after(running, refused('config-unsupported'));
  expect(early.state).toMatchObject({ name: 'waiting', error: { code: 'config-unsupported' } });
  expect(nextConnection(early, { name: 'retry' }).state.name).toBe('connecting');
});

test('an actual pixel is one of the display’s, at any scale factor', () => {
  const guest = { width: 1024, height: 768 };
  const area = { width: 2000, height: 2000 };
  expect(scaleOf('actual', guest, area, 1.25) * 1024 * 1.25).toBe(1024);
  expect(renderingOf(scaleOf('actual', guest, area, 1.5), 1.5)).toBe('pixelated');
  expect(scaleOf('fit', guest, area, 1)).toBe(1);
  expect(scaleOf('fit', guest, { width: 512, height: 768 }, 1)).toBe(0.5);
  expect(scaleOf('fill', guest, area, 1)).toBeCloseTo(2000 / 1024);
});
