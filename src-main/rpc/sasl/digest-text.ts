/** The lists of directives that DIGEST-MD5 (RFC 2831) exchanges. */
import { SaslError } from './mechanism.ts';

const directive = /\s*([A-Za-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))\s*(?:,|$)/sy;

/** What comes more than once has all its values. @throws SaslError */
export function readDirectives(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let at = 0;
  while (at < text.length) {
    // Empty elements of a list are allowed.
    if (/[\s,]/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    directive.lastIndex = at;
    const match = directive.exec(text);
    if (match === null) throw new SaslError('a message of DIGEST-MD5 is malformed');
    const [whole, name = '', quoted, plain = ''] = match;
    const value = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/gs, '$1');
    const key = name.toLowerCase();
    found.set(key, [...(found.get(key) ?? []), value]);
    at += whole.length;
  }
  return found;
}

/** The only value of a directive. @throws SaslError when there are several. */
export function single(directives: ReadonlyMap<string, readonly string[]>, name: string): string | undefined {
  const values = directives.get(name);
  if (values !== undefined && values.length > 1) throw new SaslError(`a message of DIGEST-MD5 has two ${name}`);
  return values?.[0];
}

/** A comma-separated list in one value. */
export const listIn = (value: string | undefined): readonly string[] =>
  (value ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : item.trim().toLowerCase()));

export const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
