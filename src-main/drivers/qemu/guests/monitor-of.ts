import { MonitorClosedError } from '../qmp/error.ts';
import type { QmpClient } from '../qmp/client.ts';
import type { GuestRecord } from './context.ts';
import { say } from '../../../../src-shared/words.ts';

/** The monitor of a running guest. @throws MonitorClosedError when it is just going away. */
export function monitorOf(record: GuestRecord): QmpClient {
  const monitor = record.runtime?.monitor;
  if (monitor === undefined) throw new MonitorClosedError(say`The domain '${record.name}' is starting or ending.`);
  return monitor;
}
