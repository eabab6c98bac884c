/** Users of clients: what is kept of a password, and what is told of users that are not there. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jsonLogger, silentLogger } from '../../../../../src-main/engine/logger.ts';
import { ClientUsers } from '../../../../../src-main/rpc/server/client-users.ts';
import { Attempts } from '../../../../../src-main/rpc/server/proof.ts';

let folder: string;
const path = (): string => join(folder, 'client-users.json');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vivarium-users-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('keeps users where nobody else reads them, and not their passwords', async () => {
  const users = new ClientUsers(folder, silentLogger);
  await users.set('fred', 'correct horse', { readOnly: false });
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(readFileSync(path(), 'utf8')).not.toContain('correct horse');
  const again = new ClientUsers(folder, silentLogger);
  expect(again.list()).toMatchObject([{ name: 'fred', readOnly: false }]);
  expect(again.scramKeys('fred')).toEqual(users.scramKeys('fred'));
  expect(again.digestSecret('fred')).toEqual(users.digestSecret('fred'));
});

it('gives two users with one password different keys, and a user a new salt with each password', async () => {
  const users = new ClientUsers(folder, silentLogger);
  await users.set('fred', 'correct horse', { readOnly: false });
  await users.set('wilma', 'correct horse', { readOnly: true });
  const before = users.scramKeys('fred');
  expect(users.scramKeys('wilma').storedKey).not.toEqual(before.storedKey);
  await users.set('fred', 'correct horse', { readOnly: false });
  expect(users.scramKeys('fred').salt).not.toEqual(before.salt);
  expect(users.list().map(({ name }) => name)).toEqual(['fred', 'wilma']);
});

it('says of a user who is not there what it said before, also after a restart', async () => {
  const users = new ClientUsers(folder, silentLogger);
  await users.set('fred', 'correct horse', { readOnly: false });
  const [one, other] = [users.scramKeys('barney'), users.scramKeys('betty')];
  expect(one.salt).toHaveLength(users.scramKeys('fred').salt.length);
  expect(one.iterations).toBe(users.scramKeys('fred').iterations);
  expect(other.salt).not.toEqual(one.salt);
  expect(new ClientUsers(folder, silentLogger).scramKeys('barney')).toEqual(one);
  expect(users.digestSecret('barney')).toHaveLength(16);
});

it.each(['', '-fred', 'fr ed', 'fred:x', 'fräulein', 'x'.repeat(65), '../fred', 'window'])(
  '%j is no name',
  async (name) => {
    const users = new ClientUsers(folder, silentLogger);
    await expect(users.set(name, 'correct horse', { readOnly: false })).rejects.toThrow();
    expect(users.list()).toEqual([]);
  },
);

it.each(['', 'short', 'zero\0byte in it', 'not a character: \u0007'])('%j is no password', async (password) => {
  await expect(new ClientUsers(folder, silentLogger).set('fred', password, { readOnly: false })).rejects.toMatchObject({
    data: { code: 'invalid-arg' },
  });
});

it('leaves a file alone that it can not read, lets nobody in, and says so', async () => {
  writeFileSync(path(), '{"users": [');
  const said: string[] = [];
  const users = new ClientUsers(
    folder,
    jsonLogger((line) => said.push(line)),
  );
  expect(said.join()).toContain('client-users.json');
  await expect(users.set('fred', 'correct horse', { readOnly: false })).rejects.toThrow('can not be changed');
  expect(readFileSync(path(), 'utf8')).toBe('{"users": [');
});

it('tells of whoever is removed or has another password', async () => {
  const users = new ClientUsers(folder, silentLogger);
  const told: string[] = [];
  users.changed.subscribe((name) => told.push(name));
  await users.set('fred', 'correct horse', { readOnly: false });
  await users.remove('fred');
  await expect(users.remove('fred')).rejects.toThrow("no user 'fred'");
  expect(told).toEqual(['fred', 'fred']);
});

it('lets whoever fails wait longer each time, but not for ever, and forgets it', () => {
  let now = 0;
  const attempts = new Attempts(() => now);
  expect(Array.from({ length: 6 }, () => attempts.fail('192.0.2.1'))).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  expect(attempts.fail('192.0.2.2')).toBe(1000);
  now += 11 * 60_000;
  expect(attempts.fail('192.0.2.1')).toBe(1000);
});
