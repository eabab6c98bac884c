/**
 * Stores definitions, says what was answered, and is killed before the call of the file system with the number asked for;
 * or, when it writes, in the midst of that.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [folder = '', stopAt = '0', midst] = process.argv.slice(2);
const calls = [
  'openSync',
  'writeSync',
  'writeFileSync',
  'linkSync',
  'renameSync',
  'unlinkSync',
  'fsync',
  'fdatasync',
] as const;
const { writeSync } = fs;
let count = 0;
const writes: number[] = [];
for (const name of calls) {
  const call = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      count += 1;
      if (name === 'writeSync') writes.push(count);
      if (count === Number(stopAt)) {
        const [file, bytes, from, , at] = args;
        if (midst !== undefined && bytes instanceof Uint8Array) call(file, bytes, from, bytes.length >> 1, at);
        process.kill(process.pid, 'SIGKILL');
        for (;;);
      }
      return call(...args);
    },
  });
}
syncBuiltinESMExports();

async function work(): Promise<void> {
  const { DefinitionStore } = await import('../../../../src-main/engine/store.ts');
  const { answers, readSmall, smallText, uuidOf } = await import('./store-small.ts');
  const store = new DefinitionStore({ definitions: `${folder}/definitions`, history: `${folder}/history` });
  store.load(readSmall);
  for (const [index, { name, version }] of answers.entries()) {
    const identity = { name, uuid: uuidOf(name) };
    if (name === 'settled') await store.settled();
    else if (version === undefined) store.remove(identity);
    else await store.write(identity, smallText(name, version), 'test');
    writeSync(1, `${index + 1}\n`);
  }
  await store.settled();
  writeSync(1, `calls ${count} writes ${writes.join()}\n`);
}

work().catch((error: unknown) => {
  throw error;
});
