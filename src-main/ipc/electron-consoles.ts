/** Brings the port that a page made to the console it asks for. */
import { ipcMain, type MessagePortMain, type WebContents } from 'electron';
import * as z from 'zod';
import type { ConsoleRequest } from '../../src-shared/contract/bridge.ts';
import { uri, uuid } from '../../src-shared/contract/arguments.ts';
import { carry, type CarrierPort, type Opened } from '../console/carry.ts';
import type { Logger } from '../engine/logger.ts';
import { channels } from './electron-channels.ts';
import { isTrustedSender } from './electron-origin.ts';

const request: z.ZodType<ConsoleRequest> = z.object({
  uri,
  uuid,
  kind: z.enum(['vnc', 'spice', 'serial', 'console']),
  alias: z.string().max(128),
  channel: z.enum(['main', 'further']),
  force: z.boolean(),
});

export interface ConsoleServiceOptions {
  open(request: ConsoleRequest, signal: AbortSignal): Promise<Opened>;
  serves(contents: WebContents): boolean;
  readonly logger: Logger;
}

export function serveConsoles({ open, serves, logger }: ConsoleServiceOptions): void {
  ipcMain.on(channels.console, (event, message: unknown) => {
    const [port] = event.ports;
    if (port === undefined) return;
    if (!isTrustedSender(event) || !serves(event.sender)) {
      logger.log('error', 'a console was asked for by a page that is not ours', { url: event.senderFrame?.url });
      port.close();
      return;
    }
    const carrier = carrierOf(port);
    const work = async (): Promise<void> => {
      await carry(carrier, (signal) => open(request.parse(message), signal));
    };
    work().catch((error: unknown) => {
      logger.log('error', 'a console could not be carried', { error });
      port.close();
    });
  });
}

function carrierOf(port: MessagePortMain): CarrierPort {
  return {
    post: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', ({ data }) => listener.message(data));
      port.on('close', () => listener.close());
      port.start();
    },
    close: () => port.close(),
  };
}
