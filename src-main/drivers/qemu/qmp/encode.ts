/** Writes a command for the wire. Numbers beyond what a double holds (a WWN, a size) are given as `bigint`. */
export function encodeCommand(command: string, args: object | undefined, id: number): string {
  const message = { execute: command, ...(args === undefined ? {} : { arguments: args }), id };
  let hasBig = false;
  const text = JSON.stringify(message, (_key, value: unknown) => {
    if (typeof value !== 'bigint') return value;
    hasBig = true;
    // JSON.stringify has no way to write digits, so they are marked, and the marks taken off below.
    return `\u0000${value}`;
  });
  return `${hasBig ? text.replaceAll(/"\\u0000(-?\d+)"/g, '$1') : text}\n`;
}
