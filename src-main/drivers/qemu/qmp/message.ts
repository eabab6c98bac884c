/** What QEMU can say on a monitor, read from untrusted JSON. */

export type QmpMessage =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'event'; readonly event: QmpEvent }
  | { readonly kind: 'return'; readonly id: unknown; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: unknown; readonly qmpClass: string; readonly description: string };

export interface QmpEvent {
  readonly name: string;
  readonly data: JsonObject;
  /** When QEMU saw it. */
  readonly timeMs: number;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws SyntaxError when the line is not a message of the protocol. */
export function parseMessage(line: string): QmpMessage {
  const value: unknown = JSON.parse(line);
  if (!isObject(value)) throw new SyntaxError('a message is not an object');
  if ('return' in value) return { kind: 'return', id: value['id'], value: value['return'] };
  if ('event' in value) return { kind: 'event', event: parseEvent(value) };
  if ('error' in value) {
    const error = value['error'];
    if (!isObject(error) || typeof error['class'] !== 'string' || typeof error['desc'] !== 'string') {
      throw new SyntaxError('an error has no class or description');
    }
    return { kind: 'error', id: value['id'], qmpClass: error['class'], description: error['desc'] };
  }
  if (isObject(value['QMP'])) return { kind: 'greeting' };
  throw new SyntaxError('a message is neither greeting, event, answer nor error');
}

function parseEvent(value: JsonObject): QmpEvent {
  const { event: name, data, timestamp } = value;
  if (typeof name !== 'string') throw new SyntaxError('an event has no name');
  if (data !== undefined && !isObject(data)) throw new SyntaxError('an event has strange data');
  const seconds = isObject(timestamp) ? timestamp['seconds'] : undefined;
  const microseconds = isObject(timestamp) ? timestamp['microseconds'] : undefined;
  if (typeof seconds !== 'number' || typeof microseconds !== 'number') throw new SyntaxError('an event has no time');
  return { name, data: data ?? {}, timeMs: seconds * 1000 + Math.floor(microseconds / 1000) };
}
