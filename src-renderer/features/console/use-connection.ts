/** Keeps a console connected while its machine runs. */
import { useEffect, useReducer } from 'react';
import { type Connection, type ConnectionEvent, initialConnection, nextConnection } from './connection.ts';

/** What has not answered by then may answer the next attempt. */
const connectTimeoutMs = 15_000;

export function useConnection(running: boolean): readonly [Connection, (event: ConnectionEvent) => void] {
  const [connection, dispatch] = useReducer(nextConnection, initialConnection);
  const { state } = connection;
  useEffect(() => dispatch({ name: 'running', running }), [running]);
  useEffect(() => {
    if (state.name !== 'waiting') return undefined;
    const timer = window.setTimeout(() => dispatch({ name: 'retry' }), state.delayMs);
    return () => window.clearTimeout(timer);
  }, [state]);
  useEffect(() => {
    if (state.name !== 'connecting') return undefined;
    const timer = window.setTimeout(() => dispatch({ name: 'closed', error: undefined }), connectTimeoutMs);
    return () => window.clearTimeout(timer);
  }, [state]);
  return [connection, dispatch];
}
