import { describe, expect, it } from 'vitest';
import type { ConnectionInfo } from '../../../../src-shared/contract/connections.ts';
import type { ContractEvent } from '../../../../src-shared/contract/index.ts';
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';
import {
  applyEvents,
  applyOpened,
  emptyInventory,
  machineKey,
  splitKey,
  touchedBy,
} from '../../../../src-renderer/app/store/inventory.ts';
import { summary } from '../../../support/summaries.ts';

const uri = 'test:///default';
const connection: ConnectionInfo = {
  uri,
  label: 'Test',
  state: 'open',
  own: false,
  domainVerbs: [],
  storageVerbs: [],
  notices: [],
};
const told = (domain: DomainSummary): ContractEvent => ({
  channel: 'engine',
  uri,
  event: { type: 'domain-summary', summary: domain },
});
const gone = (uuid: string): ContractEvent => ({ channel: 'engine', uri, event: { type: 'domain-gone', uuid } });

describe('the inventory', () => {
  it('names a machine by its connection and its UUID', () => {
    expect(splitKey(machineKey('qemu+ssh://ada@host/system', 'u'))).toEqual({
      uri: 'qemu+ssh://ada@host/system',
      uuid: 'u',
    });
  });

  it('takes what events say, the last one standing', () => {
    const after = applyEvents(emptyInventory, [
      told(summary({ uuid: 'a', state: 'shutoff' })),
      told(summary({ uuid: 'a', state: 'running' })),
      told(summary({ uuid: 'b' })),
      gone('b'),
    ]);
    expect([...after.machines.values()].map(({ uuid, state }) => [uuid, state])).toEqual([['a', 'running']]);
  });

  it('stays the same object when nothing in a batch is about it', () => {
    const events: readonly ContractEvent[] = [{ channel: 'command', command: 'create.machine' }];
    expect(applyEvents(emptyInventory, events)).toBe(emptyInventory);
  });

  it('keeps machines apart that have the same UUID on two hosts', () => {
    const other: ContractEvent = {
      channel: 'engine',
      uri: 'test:///other',
      event: { type: 'domain-summary', summary: summary({ uuid: 'a' }) },
    };
    expect(applyEvents(emptyInventory, [told(summary({ uuid: 'a' })), other]).machines.size).toBe(2);
  });

  it('replaces a connection’s machines by its list', () => {
    const before = applyEvents(emptyInventory, [told(summary({ uuid: 'old' }))]);
    const after = applyOpened(before, connection, [summary({ uuid: 'new' })], new Set());
    expect([...after.machines.values()].map(({ uuid }) => uuid)).toEqual(['new']);
    expect(after.listed.has(uri)).toBe(true);
  });

  it('trusts an event over a list that was asked for before it', () => {
    const events = [told(summary({ uuid: 'a', state: 'running' })), gone('b')];
    const before = applyEvents(emptyInventory, events);
    const list = [summary({ uuid: 'a', state: 'shutoff' }), summary({ uuid: 'b' }), summary({ uuid: 'c' })];
    const after = applyOpened(before, connection, list, new Set(touchedBy(events)));
    expect([...after.machines.values()].map(({ uuid, state }) => [uuid, state])).toEqual([
      ['a', 'running'],
      ['c', 'shutoff'],
    ]);
  });
});
