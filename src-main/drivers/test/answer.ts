/** Answers in a promise, errors too, as a driver that has to ask its hypervisor does. */
export async function answer<T>(ask: () => T): Promise<T> {
  return await Promise.resolve().then(ask);
}
