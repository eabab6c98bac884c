/** How well words fit a text: the palette's order. Pure. */

/**
 * A score of `query` in `text`, higher is better; undefined when it does not fit. Every word must occur; the start of
 * the text is best, then the start of a word, then anywhere.
 */
export function score(query: string, text: string): number | undefined {
  const hay = text.toLocaleLowerCase();
  let sum = 0;
  for (const word of query.toLocaleLowerCase().split(/\s+/).filter(Boolean)) {
    const at = hay.indexOf(word);
    if (at < 0) return undefined;
    const atWord = at === 0 || /[\s\-_./:(]/.test(hay.charAt(at - 1)) || hay.includes(` ${word}`);
    sum += (at === 0 ? 3 : atWord ? 2 : 1) + word.length / (hay.length + 1);
  }
  return sum;
}

/** The entries that fit, best first; among equals the given order stays. */
export function rank<T>(query: string, entries: readonly T[], textOf: (entry: T) => string): readonly T[] {
  if (query.trim() === '') return entries;
  return entries
    .map((entry) => ({ entry, score: score(query, textOf(entry)) }))
    .filter((each): each is { entry: T; score: number } => each.score !== undefined)
    .sort((a, b) => b.score - a.score)
    .map((each) => each.entry);
}
