import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applySteps, type Performer, type Step, StepsError, undoSteps } from '../../../../src-main/host/steps.ts';
import { Ledger } from '../../../../src-main/host/steps-ledger.ts';

let folder: string;
let done: string[];
let failing: Set<string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-steps-'));
  done = [];
  failing = new Set();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const performer: Performer<string> = {
  async perform(action) {
    if (failing.has(action)) throw new Error(`${action} is impossible`);
    done.push(action);
    return await Promise.resolve();
  },
};
const open = (bootId = 'this'): Ledger<string> => Ledger.open(folder, String, { bootId, now: () => 7 });
const step = (name: string, shared?: string): Step<string> => ({
  sentence: `Do ${name}.`,
  action: name,
  inverse: { sentence: `Undo ${name}.`, action: `un-${name}` },
  ...(shared === undefined ? {} : { shared }),
});

describe('steps', () => {
  it('are recorded before the first is done, and undone backwards', async () => {
    const ledger = open();
    const watching: Performer<string> = {
      async perform(action) {
        expect(readdirSync(folder)).toEqual(['web.json']);
        await performer.perform(action);
      },
    };
    await applySteps(ledger, watching, 'web', [step('a'), step('b')]);
    expect(
      open()
        .steps('web')
        .map(({ action }) => action),
    ).toEqual(['a', 'b']);
    await undoSteps(ledger, performer, 'web');
    expect(done).toEqual(['a', 'b', 'un-b', 'un-a']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are all undone when one fails', async () => {
    failing.add('b');
    const thrown: unknown = await applySteps(open(), performer, 'web', [step('a'), step('b'), step('c')]).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(StepsError);
    expect(thrown).toMatchObject({ sentence: 'Do b.', message: 'b is impossible', leftBehind: [] });
    // Inverses are harmless where nothing was done.
    expect(done).toEqual(['a', 'un-c', 'un-b', 'un-a']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that can not be undone stay recorded, the others are undone all the same', async () => {
    const ledger = open();
    await applySteps(ledger, performer, 'web', [step('a'), step('b')]);
    failing.add('un-b');
    expect(await undoSteps(ledger, performer, 'web')).toMatchObject([{ sentence: 'Undo b.' }]);
    failing.clear();
    const next = open();
    expect(next.steps('web').map(({ action }) => action)).toEqual(['b']);
    await undoSteps(next, performer, 'web');
    expect(done).toEqual(['a', 'b', 'un-a', 'un-b']);
  });

  it('that several lists share are done by the first and undone with the last, as the first found the host', async () => {
    const ledger = open();
    const original = step('forward', 'forwarding');
    const { inverse: _inverse, ...already } = original;
    await applySteps(ledger, performer, 'one', [original, step('a')]);
    await applySteps(ledger, performer, 'two', [already, step('b')]);
    await undoSteps(ledger, performer, 'one');
    expect(done).toEqual(['forward', 'a', 'b', 'un-a']);
    await undoSteps(ledger, performer, 'two');
    expect(done.slice(4)).toEqual(['un-b', 'un-forward']);
  });

  it('are done together where that is possible, and one by one to find the one that fails', async () => {
    const together: string[][] = [];
    const fast: Performer<string> = {
      ...performer,
      async performAll(actions) {
        together.push([...actions]);
        for (const action of actions) await performer.perform(action);
      },
    };
    const ledger = open();
    await applySteps(ledger, fast, 'web', [step('a'), step('b')]);
    await undoSteps(ledger, fast, 'web');
    expect(together).toEqual([
      ['a', 'b'],
      ['un-b', 'un-a'],
    ]);
    expect(done).toEqual(['a', 'b', 'un-b', 'un-a']);
    failing.add('b');
    done = [];
    await expect(applySteps(ledger, fast, 'web', [step('a'), step('b'), step('c')])).rejects.toMatchObject({
      sentence: 'Do b.',
      leftBehind: [],
    });
    expect(done).toEqual(['a', 'a', 'un-c', 'un-b', 'un-a']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stop between two when they are cancelled', async () => {
    const controller = new AbortController();
    const cancelling: Performer<string> = {
      async perform(action) {
        if (action === 'a') controller.abort();
        await performer.perform(action);
      },
    };
    await expect(
      applySteps(open(), cancelling, 'web', [step('a'), step('b')], controller.signal),
    ).rejects.toBeInstanceOf(StepsError);
    expect(done).toEqual(['a', 'un-b', 'un-a']);
  });
});

describe('the ledger', () => {
  it('forgets what ended with the kernel', async () => {
    await open('before').record('web', [step('a')]);
    const ledger = open('after');
    expect(ledger.owners()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves files alone that it can not read, and names them', () => {
    writeFileSync(join(folder, 'torn.json'), '{"version":1,');
    writeFileSync(join(folder, 'later.json'), '{"version":2}');
    expect(open().problems.map(({ path }) => path)).toEqual([join(folder, 'later.json'), join(folder, 'torn.json')]);
    expect(readdirSync(folder).sort()).toEqual(['later.json', 'torn.json']);
  });

  it('does not take actions it does not know', async () => {
    await open().record('web', [step('a')]);
    const refuse = (): string => {
      throw new Error('unknown action');
    };
    expect(Ledger.open(folder, refuse, { bootId: 'this' }).problems).toMatchObject([{ cause: 'unknown action' }]);
  });
});
