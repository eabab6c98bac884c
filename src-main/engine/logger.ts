/** Where the engine writes what happened: one JSON object a line, for people with tools. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A logger that writes JSON lines through `write`; what can't be serialised is named, not dropped. */
export function jsonLogger(write: (line: string) => void, minimum: LogLevel = 'info'): Logger {
  const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
  return {
    log(level, message, fields) {
      if (order.indexOf(level) < order.indexOf(minimum)) return;
      const entry = { time: new Date().toISOString(), level, message, ...fields };
      write(`${JSON.stringify(entry, (_key, value: unknown) => plain(value))}\n`);
    },
  };
}

export const silentLogger: Logger = { log: () => undefined };

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return value;
}
