/** What read-only clients may call, against the permissions upstream's description notes beside each procedure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { remoteProgram } from '../../../src-main/rpc/protocol/programs.ts';
import { mayRead } from '../../../src-main/rpc/server/read-only.ts';
import { corpusDir } from '../../support/corpus.ts';
import { camel } from './protocol-file.ts';

/** Permissions a read-only connection has; those with a condition (`:FLAG`) are checked where the flag is read. */
const reads = /^(?:none|[a-z_]+:(?:getattr|read|search_[a-z_]+))$/;

const isEvent = (name: string): boolean =>
  remoteProgram.procedures[name as keyof typeof remoteProgram.procedures].kind === 'event';

it('read-only clients may call what upstream lets readers call', () => {
  const text = readFileSync(join(corpusDir(), '..', 'src/remote/remote_protocol.x'), 'utf8');
  const listed = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*REMOTE_PROC_(\w+) = \d+/g;
  let compared = 0;
  const different = [...text.matchAll(listed)].flatMap(([, notes = '', constant = '']) => {
    const name = camel(constant.toLowerCase());
    const permissions = [...notes.matchAll(/@acl: (\S+)/g)].map(([, permission = '']) => permission);
    // Setting scheduler parameters is refused to readers by the library, whatever its permission says.
    if (isEvent(name) || name === 'domainSetSchedulerParameters') return [];
    compared += 1;
    const unconditional = permissions.filter((permission) => permission.split(':').length < 3);
    const expected = unconditional.every((permission) => reads.test(permission));
    return expected === mayRead(name)
      ? []
      : [`${name} ${expected ? 'reads' : 'does not read'}: ${permissions.join(' ')}`];
  });
  console.log(`rpc read-only: ${compared - different.length} of ${compared} calls as upstream has them`);
  expect(compared).toBeGreaterThan(380);
  expect(different).toEqual([]);
});
