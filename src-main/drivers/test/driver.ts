/**
 * `test:///`: hosts and guests that exist only in memory, to try clients on.
 *
 * - `test:///default`: libvirt's one running domain `test`, its network and its pool;
 * - `test:///many?n=1000`: that many domains in all states, the same each time;
 * - `test:///PATH`: what a file in the format of libvirt's test driver describes.
 *
 * `delay=MS` says how long guests take to shut down and saves take to be written; at once without it.
 */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { ConnectUri } from '../../../src-shared/uri.ts';
import type { Driver } from '../../engine/driver.ts';
import type { InitialNode } from './node.ts';

const mostDomains = 100_000;
const longestDelayMs = 600_000;

export const testDriver: Driver = {
  name: 'test',
  accepts: (uri) => uri.driver === 'test' && uri.transport === undefined && uri.host === undefined,
  label: (uri) => `Test (${uri.path.slice(1)})`,
  async open(uri, context) {
    const delayMs = number(uri, 'delay', longestDelayMs) ?? 0;
    // Loaded when somebody tries it.
    const { connect } = await import('./connection.ts');
    return connect(uri, context, await nodeOf(uri), delayMs);
  },
};

async function nodeOf(uri: ConnectUri): Promise<InitialNode> {
  const { defaultNode, manyNode, nodeFromFile } = await import('./node.ts');
  if (uri.path === '/default') return defaultNode();
  if (uri.path === '/many') return manyNode(number(uri, 'n', mostDomains) ?? 100);
  if (uri.path !== '/') return await nodeFromFile(uri.path);
  throw new VirError({
    code: 'invalid-arg',
    domain: 'test',
    message: say`'${uri.text}' does not say which test host is meant.`,
    fix: say`Use test:///default, test:///many?n=100 or test:///PATH.`,
  });
}

function number(uri: ConnectUri, name: string, most: number): number | undefined {
  const text = uri.parameters[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new VirError({
    code: 'invalid-arg',
    domain: 'test',
    message: say`'${name}=${text}' in '${uri.text}' must be a whole number from 0 to ${most}.`,
  });
}
