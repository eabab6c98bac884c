interface Searchable {
  readonly label: string;
  readonly detail?: string;
  readonly also?: string;
}

/** What fits when every word typed must occur somewhere. */
export function matching<T extends Searchable>(options: readonly T[], text: string): readonly T[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  return options.filter((option) => {
    const hay = `${option.label} ${option.detail ?? ''} ${option.also ?? ''}`.toLocaleLowerCase();
    return words.every((word) => hay.includes(word));
  });
}
