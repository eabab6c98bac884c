/** Questions about `query-qmp-schema`, written as paths: `blockdev-add/arg-type/+qcow2/discard`. */
import { isObject, type JsonObject } from '../qmp/message.ts';

/** Types refer to each other in circles; a path is never this long. */
const deepest = 64;

/** Makes the function that answers whether a path exists (its notation is described at `QemuCapabilities.schemaHas`). */
export function schemaQuery(schema: readonly JsonObject[]): (path: string) => boolean {
  const entries = new Map<string, JsonObject>();
  for (const entry of schema) if (typeof entry['name'] === 'string') entries.set(entry['name'], entry);
  const answers = new Map<string, boolean>();
  return (path) => {
    const known = answers.get(path);
    if (known !== undefined) return known;
    const [first = '', ...segments] = path.split('/');
    const answer = reaches(entries, first, segments, 0);
    answers.set(path, answer);
    return answer;
  };
}

function reaches(
  entries: ReadonlyMap<string, JsonObject>,
  name: unknown,
  segments: readonly string[],
  depth: number,
): boolean {
  const entry = typeof name === 'string' ? entries.get(name) : undefined;
  if (entry === undefined || depth > deepest) return false;
  const [segment, ...rest] = segments;
  if (segment === undefined) return true;
  const mark = /^[a-zA-Z0-9]/.test(segment) ? '' : segment.slice(0, 1);
  const word = segment.slice(mark.length);
  const follow = (type: unknown, remaining: readonly string[]): boolean => reaches(entries, type, remaining, depth + 1);
  switch (entry['meta-type']) {
    case 'array':
      return follow(entry['element-type'], segments);
    case 'alternate':
      return entriesOf(entry['members']).some((member) => follow(member['type'], segments));
    case 'command':
    case 'event':
      if (mark === '$') return rest.length === 0 && includes(entry['features'], word);
      return mark === '' && follow(entry[word], rest);
    case 'object':
      return inObject(entry, mark, word, rest, follow);
    case 'enum':
      return mark === '^' && inEnum(entry, word, rest);
    case 'builtin':
      return mark === '!' && rest.length === 0 && entry['json-type'] === word;
    default:
      return false;
  }
}

function inObject(
  entry: JsonObject,
  mark: string,
  word: string,
  rest: readonly string[],
  follow: (type: unknown, remaining: readonly string[]) => boolean,
): boolean {
  switch (mark) {
    case '$':
      return rest.length === 0 && includes(entry['features'], word);
    case '+': {
      const variant = entriesOf(entry['variants']).find((item) => item['case'] === word);
      return variant !== undefined && follow(variant['type'], rest);
    }
    case '':
    case '*': {
      const member = entriesOf(entry['members']).find((item) => item['name'] === word);
      if (member === undefined || (mark === '*' && !('default' in member))) return false;
      return follow(member['type'], rest);
    }
    default:
      return false;
  }
}

/** Since QEMU 6.2 enumerations have `members` with features; before, plain `values`. */
function inEnum(entry: JsonObject, word: string, rest: readonly string[]): boolean {
  const [feature, ...more] = rest;
  if (more.length > 0) return false;
  const members = entriesOf(entry['members']);
  if (members.length === 0) return feature === undefined && includes(entry['values'], word);
  const member = members.find((item) => item['name'] === word);
  if (member === undefined || feature === undefined) return member !== undefined;
  return feature.startsWith('$') && includes(member['features'], feature.slice(1));
}

const entriesOf = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const includes = (value: unknown, word: string): boolean => Array.isArray(value) && value.includes(word);
