import { VirError } from '../../../src-shared/errors.ts';
import type { ConnectUri } from '../../../src-shared/uri.ts';
import { say } from '../../../src-shared/words.ts';
import type { EngineContext } from '../../engine/context.ts';
import type { Connection, Driver } from '../../engine/driver.ts';
import { QemuConnection } from './connection.ts';

/** QEMU on this host, by its user: `qemu:///session`. */
export const qemuDriver: Driver = {
  name: 'qemu',

  accepts(uri: ConnectUri): boolean {
    return uri.driver === 'qemu' && uri.transport === undefined && uri.host === undefined && uri.path === '/session';
  },

  async open(uri: ConnectUri, context: EngineContext): Promise<Connection> {
    try {
      return await QemuConnection.open(uri, context);
    } catch (thrown) {
      throw new VirError(
        {
          code: 'no-connect',
          domain: 'qemu',
          message: say`The connection '${uri.text}' can't be opened.`,
          cause: thrown instanceof Error ? thrown.message : String(thrown),
          ...(thrown instanceof VirError && thrown.data.fix !== undefined ? { fix: thrown.data.fix } : {}),
        },
        { cause: thrown },
      );
    }
  },
};
