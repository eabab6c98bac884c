/** Removes `undefined` values: an option that was not given is absent. */
type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
