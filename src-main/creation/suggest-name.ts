/** Names nobody has yet. */

/** `base`, else `base-2`, `base-3` …, made of what every name may hold. */
export function suggestName(base: string, taken: ReadonlySet<string>): string {
  const clean =
    base
      .trim()
      .replaceAll(/[^\p{L}\p{N}._+-]+/gu, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 100) || 'machine';
  let name = clean;
  for (let number = 2; taken.has(name); number += 1) name = `${clean}-${number}`;
  return name;
}
