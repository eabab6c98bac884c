/** The same for several things: a few at a time, none left out because another failed. */

export interface Failure<T> {
  readonly item: T;
  readonly error: unknown;
}

export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  action: (item: T) => Promise<unknown>,
): Promise<readonly Failure<T>[]> {
  const failures: Failure<T>[] = [];
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      try {
        await action(item);
      } catch (error) {
        failures.push({ item, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return failures;
}
