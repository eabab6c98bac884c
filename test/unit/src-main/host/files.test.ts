import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderSync, privateFolder, readIfThere, removeIfThere, writeWhole } from '../../../../src-main/host/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vivarium-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeWhole', () => {
  it('replaces the content, with the mode asked for, and leaves nothing else behind', async () => {
    const path = join(folder, 'a.xml');
    await writeWhole(path, 'old');
    await writeWhole(path, Buffer.from('new'), { mode: 0o640 });
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['a.xml']);
  });

  it('keeps files for their owner unless told otherwise', async () => {
    await writeWhole(join(folder, 'secret'), 'x');
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
  });

  it('leaves the old content and no debris when it can not finish', async () => {
    mkdirSync(join(folder, 'is-a-folder'));
    writeFileSync(join(folder, 'is-a-folder', 'inside'), '');
    await expect(writeWhole(join(folder, 'is-a-folder'), 'x')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['is-a-folder']);
  });

  it('refuses to replace when it must be the first', async () => {
    const path = join(folder, 'once');
    await writeWhole(path, 'first', { exclusive: true });
    await expect(writeWhole(path, 'second', { exclusive: true })).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['once']);
  });

  it('never shows a mixture of two contents', async () => {
    const path = join(folder, 'busy');
    const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    await writeWhole(path, contents[0] ?? '');
    const writing = Promise.all(contents.map((content) => writeWhole(path, content)));
    for (let round = 0; round < 50; round += 1) {
      expect(contents).toContain(readFileSync(path, 'utf8'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
  });
});

describe('a folder that is flushed soon', () => {
  it('is settled without waiting, reports what goes wrong, and can be used again', async () => {
    const errors: unknown[] = [];
    const sync = new FolderSync(folder, (error) => errors.push(error));
    await sync.settled();
    for (let change = 0; change < 5; change += 1) sync.soon();
    await sync.settled();
    expect(errors).toEqual([]);
    const gone = new FolderSync(join(folder, 'gone'), (error) => errors.push(error));
    gone.soon();
    await gone.settled();
    expect(errors).toMatchObject([{ code: 'ENOENT' }]);
    gone.soon();
    await gone.settled();
    expect(errors).toHaveLength(2);
  });
});

describe('what may be absent', () => {
  it('reads as undefined and removes as false', () => {
    expect(readIfThere(join(folder, 'none'))).toBeUndefined();
    expect(removeIfThere(join(folder, 'none'))).toBe(false);
  });

  it('is not confused with what can not be read', () => {
    expect(() => readIfThere(folder)).toThrow(/EISDIR/);
  });
});

describe('privateFolder', () => {
  it('makes the folder for its owner alone, and takes rights of others away', async () => {
    const path = join(folder, 'deep', 'er');
    await privateFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    chmodSync(path, 0o755);
    await privateFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('refuses a symbolic link that somebody put there first', async () => {
    symlinkSync('/tmp', join(folder, 'trap'));
    await expect(privateFolder(join(folder, 'trap'))).rejects.toMatchObject({ code: 'system-error' });
  });
});
