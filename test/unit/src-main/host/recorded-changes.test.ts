import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRecordedChanges } from '../../../../src-main/host/recorded-changes.ts';
import { Ledger } from '../../../../src-main/host/steps-ledger.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-recorded-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('recorded changes', () => {
  it('are what the ledger of this boot holds, newest first', async () => {
    let now = 1000;
    const ledger = Ledger.open(folder, (action) => action, { bootId: 'now', now: () => now });
    const inverse = { sentence: 'Remove the bridge.', action: {} };
    await ledger.record('network-a', [{ sentence: 'Create the bridge.', action: {}, inverse }]);
    now = 2000;
    await ledger.record('network-b', [{ sentence: 'Switch it on.', action: {} }]);
    expect(readRecordedChanges(folder, 'now')).toMatchObject([
      { owner: 'network-b', timeMs: 2000, steps: [{ sentence: 'Switch it on.' }] },
      { owner: 'network-a', timeMs: 1000, steps: [{ sentence: 'Create the bridge.', undo: 'Remove the bridge.' }] },
    ]);
    expect(readRecordedChanges(folder, 'another boot')).toEqual([]);
  });

  it('leave out what is torn or no record', () => {
    writeFileSync(join(folder, 'torn.json'), '{"owner": "net');
    writeFileSync(join(folder, 'foreign.json'), '[1]');
    expect(readRecordedChanges(folder, 'now')).toEqual([]);
    expect(readRecordedChanges(join(folder, 'missing'), 'now')).toEqual([]);
  });
});
