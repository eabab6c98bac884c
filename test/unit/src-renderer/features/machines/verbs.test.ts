import { describe, expect, it } from 'vitest';
import type { DomainSummary } from '../../../../../src-shared/model/summary.ts';
import { applicable, fitsState, type Verb, verbs } from '../../../../../src-renderer/features/machines/verbs.ts';
import { summary } from '../../../../support/summaries.ts';

const off = summary({ uuid: 'off' });
const running = summary({ uuid: 'running', state: 'running', reason: 'booted', id: 1 });
const paused = summary({ uuid: 'paused', state: 'paused', reason: 'user', id: 2 });
const possible = (machine: DomainSummary): readonly Verb[] => verbs.filter((verb) => fitsState(verb, machine));

describe('what can be done', () => {
  it('to a machine that is off', () => {
    expect(possible(off)).toEqual(['start', 'console', 'rename', 'setAutostart', 'organise', 'delete']);
  });

  it('to one that runs', () => {
    expect(possible(running)).toEqual([
      'suspend',
      'shutdown',
      'reboot',
      'reset',
      'destroy',
      'managedSave',
      'console',
      'setAutostart',
      'organise',
    ]);
  });

  it('to one that is paused', () => {
    expect(possible(paused)).toContain('resume');
    expect(possible(paused)).not.toContain('shutdown');
  });

  it('to a transient one: nothing that needs a stored definition', () => {
    const transient = { ...running, persistent: false };
    for (const verb of ['managedSave', 'rename', 'setAutostart', 'organise', 'delete'] as const) {
      expect(fitsState(verb, transient)).toBe(false);
    }
  });

  it('is only what the driver has', () => {
    const machines = [
      { ...off, uri: 'a' },
      { ...off, uri: 'b' },
    ];
    const connections = new Map([['a', { domainVerbs: ['start'] }]]);
    const found = applicable('start', machines, (uri) => connections.get(uri));
    expect(found.map(({ uri }) => uri)).toEqual(['a']);
  });
});
