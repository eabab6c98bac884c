/** QEMU takes objects on its command line as JSON, or, where it is older, as `key=value` lists. */
import type { Json, JsonProperties } from '../devices/properties.ts';

/** Compact JSON. Like `JSON.stringify`, but exact for numbers beyond 2⁵³. */
export function toJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(toJson).join(',')}]`;
  const members: string[] = [];
  const object = value as JsonProperties;
  for (const key in object) {
    const member = object[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${toJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** A comma in a value is doubled. */
export const escapeComma = (text: string): string => text.replaceAll(',', ',,');

/** How an array is spelled in a list: by number, as repeated keys with ranges, or as repeated keys. */
type ArrayStyle = 'numbered' | 'ranges' | 'strings';

/** `qom-type` and the like come first, without their key. */
export function toKeyValue(properties: JsonProperties, leading: string, style: ArrayStyle): string {
  const parts: string[] = [];
  for (const key in properties) {
    const value = properties[key];
    if (key !== leading && value !== undefined) parts.push(...keyValues(key, value, style));
  }
  return [String(properties[leading]), ...parts].join(',');
}

function keyValues(key: string, value: Json, style: ArrayStyle): string[] {
  if (value === null) return [`${key}=`];
  if (typeof value === 'boolean') return [`${key}=${value ? 'on' : 'off'}`];
  if (typeof value === 'string') return [`${key}=${escapeComma(value)}`];
  if (typeof value !== 'object') return [`${key}=${value.toString()}`];
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    switch (style) {
      case 'numbered':
        return list.flatMap((item, index) => keyValues(`${key}.${index}`, item, style));
      case 'ranges':
        return rangesOf(list.map(Number)).map((range) => `${key}=${range}`);
      case 'strings':
        return list.flatMap((item) => keyValues(key, (item as JsonProperties)['str'] ?? item, style));
    }
  }
  const object = value as JsonProperties;
  return Object.keys(object).flatMap((member) => {
    const item = object[member];
    return item === undefined ? [] : keyValues(`${key}.${member}`, item, style);
  });
}

/** `[0, 1, 2, 5]` is `['0-2', '5']`. */
export function rangesOf(ids: readonly number[]): string[] {
  const ranges: string[] = [];
  for (let at = 0; at < ids.length; ) {
    let end = at;
    while (ids[end + 1] === (ids[end] ?? 0) + 1) end += 1;
    ranges.push(end === at ? String(ids[at]) : `${ids[at]}-${ids[end]}`);
    at = end + 1;
  }
  return ranges;
}
