/** Which procedures a client that opened its connection read-only may call. */

/** Telling, finding and listing; connecting and registering for events. */
const reading =
  /^(?:auth|connect(?:Open|Close|Supports|Is|Get|List|NumOf|Compare|Baseline|Register|Unregister|.*Event.*Register|DomainXml|FindStorage)|[a-z]+(?:[A-Z][a-z]+)*?(?:Get|Lookup|List|Is|Has|NumOf|Num)(?=[A-Z]|$))/;

/** Called like those, but they tell secrets, change something, or reach into the guest. */
const notReading: ReadonlySet<string> = new Set([]);

export function mayRead(procedure: string): boolean {
  return reading.test(procedure) && !notReading.has(procedure);
}
