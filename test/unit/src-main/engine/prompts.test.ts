import { beforeEach, describe, expect, it } from 'vitest';
import type { Asking } from '../../../../src-main/engine/context.ts';
import { Prompts } from '../../../../src-main/engine/prompts.ts';
import { askingVariable } from '../../../../src-shared/contract/prompts.ts';

let prompts: Prompts;
let asking: Asking;
/** What the user says, in turn. */
let answers: string[];
let asked: string[];

/** What a program of this attempt hears. */
async function attempt(quiet: boolean): Promise<((text: string) => Promise<string | undefined>) | undefined> {
  const environment = await asking.attempt({ quiet });
  if (environment === undefined) return undefined;
  return async (text) => await prompts.ask({ text, kind: 'secret' }, environment[askingVariable]);
}

beforeEach(() => {
  prompts = new Prompts();
  asking = prompts.asking(() => Promise.resolve({ SSH_ASKPASS: '/x' }));
  answers = [];
  asked = [];
  prompts.serve();
  prompts.events.subscribe((open) => {
    for (const { id, text } of open) {
      asked.push(text);
      prompts.answer(id, answers.shift());
    }
  });
});

describe('a way to a host that is lost', () => {
  it('is found again with the answers given before, and nobody is asked', async () => {
    answers = ['one'];
    expect(await (await attempt(false))?.('password:')).toBe('one');
    expect(await (await attempt(true))?.('password:')).toBe('one');
    expect(asked).toEqual(['password:']);
  });

  it('asks again for what was wrong, and keeps what was right', async () => {
    answers = ['wrong', 'right'];
    const first = await attempt(false);
    expect(await first?.('password:')).toBe('wrong');
    expect(await first?.('password:')).toBe('right');
    expect(await (await attempt(true))?.('password:')).toBe('right');
  });

  it('is not tried with an answer that is refused now, nor with none', async () => {
    answers = ['old'];
    await (await attempt(false))?.('password:');
    const again = await attempt(true);
    expect(await again?.('password:')).toBe('old');
    expect(await again?.('password:')).toBeUndefined();
    expect(await attempt(true)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('has forgotten them once it is not wanted any more', async () => {
    answers = ['one', 'two'];
    const ask = await attempt(false);
    await ask?.('password:');
    asking.end();
    expect(await ask?.('password:')).toBe('two');
  });
});

describe('a question of our own', () => {
  const ask = async (from: Asking, options: { again?: boolean; quiet?: boolean } = {}): Promise<string | undefined> =>
    await from.ask({ text: 'Password for h:', kind: 'secret' }, { again: false, quiet: false, ...options });

  it('is asked once for every way to a host, also for two at a time', async () => {
    answers = ['one', 'two'];
    const other = prompts.asking(() => Promise.resolve({}));
    expect(await Promise.all([ask(asking), ask(other)])).toEqual(['one', 'one']);
    expect(await ask(other, { quiet: true })).toBe('one');
    expect(asked).toEqual(['Password for h:']);
  });

  it('is asked again when the answer was wrong, and never of whoever is not to be disturbed', async () => {
    answers = ['wrong', 'right'];
    expect(await ask(asking)).toBe('wrong');
    expect(await ask(asking, { again: true, quiet: true })).toBeUndefined();
    expect(await ask(asking, { again: true })).toBe('right');
    expect(await ask(asking)).toBe('right');
    expect(asked).toHaveLength(2);
  });

  it('that is declined is asked again next time', async () => {
    expect(await ask(asking)).toBeUndefined();
    answers = ['one'];
    expect(await ask(asking)).toBe('one');
  });
});
