/**
 * A process that wants a state folder: `FOLDER hold|compete DURATION_MS`. It prints `won` or `lost` for each try, and
 * `VIOLATION` when somebody else was inside at the same time.
 */
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lockState } from '../../../../src-main/engine/lock.ts';
import { VirError } from '../../../../src-shared/errors.ts';

const [folder = '', what = '', duration = '0'] = process.argv.slice(2);
const inside = join(folder, 'inside');
const say = (word: string): boolean => process.stdout.write(`${word}\n`);

for (const end = Date.now() + Number(duration); Date.now() < end; ) {
  try {
    const lock = await lockState(folder, { socket: '/run/engine.sock' });
    try {
      closeSync(openSync(inside, 'wx'));
      say('won');
      await delay(what === 'hold' ? Number(duration) : 1 + Math.random() * 4);
      unlinkSync(inside);
    } catch {
      say('VIOLATION');
    }
    lock.release();
  } catch (thrown) {
    if (!(thrown instanceof VirError && thrown.code === 'resource-busy')) throw thrown;
    say('lost');
  }
  await delay(Math.random() * 4);
}
