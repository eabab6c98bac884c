/**
 * A deep copy of plain data. `structuredClone` does the same five times slower, and definitions are copied on every
 * start, define and conversion.
 */
export function clone<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    return list.map(clone) as T;
  }
  const copy: Record<string, unknown> = {};
  const source = value as Record<string, unknown>;
  for (const key in source) copy[key] = clone(source[key]);
  return copy as T;
}
