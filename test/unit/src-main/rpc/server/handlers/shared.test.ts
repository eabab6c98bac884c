import { describe, expect, it } from 'vitest';
import { filterDomains } from '../../../../../../src-main/rpc/server/handlers/domain-list-filter.ts';
import { allCpus } from '../../../../../../src-main/rpc/server/handlers/host.ts';
import { onlyFlags } from '../../../../../../src-main/rpc/server/handlers/shared.ts';
import { asked, int, text, ullong, valuesOf } from '../../../../../../src-main/rpc/server/handlers/typed-params.ts';
import type { DomainSummary } from '../../../../../../src-shared/model/summary.ts';

describe('flags', () => {
  it('that a function does not know are refused in libvirt’s words', () => {
    expect(() => onlyFlags(0x13, 3, 'virDomainReset')).toThrow('unsupported flags (0x10) in function virDomainReset');
    expect(() => onlyFlags(1 << 31, 3, 'virDomainReset')).toThrow('0x80000000');
    expect(() => onlyFlags(3, 3, 'virDomainReset')).not.toThrow();
  });
});

describe('typed parameters', () => {
  const params = [int('a', -1), ullong('b', 2n ** 40n), text('c', 'word')];

  it('are counted when none are wanted, and cut to how many are', () => {
    expect(asked(params, 0)).toEqual({ params: [], nparams: 3 });
    expect(asked(params, 2)).toEqual({ params: params.slice(0, 2), nparams: 2 });
    expect(asked(params, 9)).toEqual({ params, nparams: 3 });
  });

  it('become plain values by name', () => {
    expect(Object.fromEntries(valuesOf(params))).toEqual({ a: -1, b: 2 ** 40, c: 'word' });
  });
});

describe('a map of processors', () => {
  it('has a bit for each and none beyond', () => {
    expect([...allCpus(2)]).toEqual([3]);
    expect([...allCpus(8)]).toEqual([255]);
    expect([...allCpus(11)]).toEqual([255, 7]);
  });
});

describe('lists of domains', () => {
  const domain = (name: string, more: Partial<DomainSummary>): DomainSummary =>
    ({ name, state: 'shutoff', persistent: true, autostart: false, hasManagedSave: false, ...more }) as DomainSummary;
  const all = [
    domain('off', {}),
    domain('saved', { hasManagedSave: true }),
    domain('runs', { id: 1, state: 'running', autostart: true }),
    domain('brief', { id: 2, state: 'paused', persistent: false }),
  ];
  const names = (flags: number): string[] => filterDomains(all, flags).map(({ name }) => name);

  it('hold all without flags, and of each group what fits one of its bits', () => {
    expect(names(0)).toEqual(['off', 'saved', 'runs', 'brief']);
    expect(names(1)).toEqual(['runs', 'brief']);
    expect(names(1 | 2)).toEqual(['off', 'saved', 'runs', 'brief']);
    expect(names(1 | 4)).toEqual(['runs']);
    expect(names(1 << 5)).toEqual(['brief']);
    expect(names(1 << 8)).toEqual(['saved']);
    expect(names(1 << 10)).toEqual(['runs']);
  });
});
