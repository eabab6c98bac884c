/** The life of a console's connection: one transition table. */
import type { ErrorData } from '../../../src-shared/errors.ts';

export type ConnectionState =
  /** The machine is not running: there is nothing to connect to. */
  | { readonly name: 'off' }
  | { readonly name: 'connecting' }
  | { readonly name: 'connected' }
  /** It was there and went, or did not come: tried again by itself, ever more patiently. */
  | { readonly name: 'waiting'; readonly error: ErrorData | undefined; readonly delayMs: number }
  /** Somebody else has it; taking it over is the user's decision. */
  | { readonly name: 'busy'; readonly error: ErrorData }
  | { readonly name: 'password'; readonly error: ErrorData }
  /** Trying again would not help until something is changed. */
  | { readonly name: 'failed'; readonly error: ErrorData }
  /** Shown in a window of its own. */
  | { readonly name: 'elsewhere' };

export interface Connection {
  readonly state: ConnectionState;
  /** Attempts since the connection last stood. */
  readonly attempts: number;
  /** Changes with every attempt: what the attempt before was told is not of this one. */
  readonly serial: number;
  readonly force: boolean;
  readonly password: string | undefined;
}

export type ConnectionEvent =
  | { readonly name: 'running'; readonly running: boolean }
  | { readonly name: 'connected' }
  | { readonly name: 'closed'; readonly error: ErrorData | undefined }
  /** Now, rather than when the time has come. */
  | { readonly name: 'retry'; readonly force?: boolean; readonly password?: string }
  | { readonly name: 'moved' };

const delaysMs = [100, 300, 700, 1500, 3000, 5000];

export const initialConnection: Connection = {
  state: { name: 'off' },
  attempts: 0,
  serial: 0,
  force: false,
  password: undefined,
};

export function nextConnection(connection: Connection, event: ConnectionEvent): Connection {
  const { state } = connection;
  switch (event.name) {
    case 'running':
      if (!event.running) return { ...initialConnection, serial: connection.serial, password: connection.password };
      return state.name === 'off' ? attempt(connection, 0) : connection;
    case 'connected':
      return state.name === 'connecting' ? { ...connection, state: { name: 'connected' }, attempts: 0 } : connection;
    case 'closed':
      if (state.name !== 'connecting' && state.name !== 'connected') return connection;
      return { ...connection, force: false, state: afterClose(connection.attempts, event.error) };
    case 'retry':
      if (state.name === 'off' || state.name === 'connecting' || state.name === 'connected') return connection;
      return attempt(
        {
          ...connection,
          force: event.force ?? false,
          password: event.password ?? connection.password,
        },
        connection.attempts,
      );
    case 'moved':
      return state.name === 'off' ? connection : { ...connection, state: { name: 'elsewhere' } };
  }
}

function attempt(connection: Connection, attempts: number): Connection {
  return { ...connection, state: { name: 'connecting' }, attempts: attempts + 1, serial: connection.serial + 1 };
}

function afterClose(attempts: number, error: ErrorData | undefined): ConnectionState {
  switch (error?.code) {
    case 'resource-busy':
      return { name: 'busy', error };
    case 'auth-failed':
      return { name: 'password', error };
    case 'no-support':
    case 'no-device':
    case 'access-denied':
    case 'operation-denied':
    case 'invalid-arg':
      return { name: 'failed', error };
    // Also a console that the engine does not know yet: it may be about to find its running machines again.
    default: {
      const delayMs = delaysMs[Math.min(attempts, delaysMs.length - 1)] ?? 0;
      return { name: 'waiting', error, delayMs };
    }
  }
}
