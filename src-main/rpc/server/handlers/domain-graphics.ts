/** The connection to a guest's display, given to the client: virt-manager on the guest's host takes no other. */
import { connect, type Socket } from 'node:net';
import { VirError } from '../../../../src-shared/errors.ts';
import { type ConsoleEndpoint, need } from '../../../engine/driver.ts';
import type { RemoteHandlers } from '../handler.ts';
import { notRunning, onlyFlags, summaryOf } from './shared.ts';

/** `VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH`: may be asked for, but a display that wants a password asks for it. */
const skipAuth = 1;
const connectTimeoutMs = 5_000;

export const domainGraphicsHandlers = {
  domainOpenGraphicsFd: async (context, { dom, idx, flags }) => {
    onlyFlags(flags, skipAuth, 'virDomainOpenGraphicsFD');
    const { give } = context;
    if (give === undefined) {
      const message = 'fd passing is not supported by this connection';
      throw new VirError({ code: 'argument-unsupported', domain: 'none', message });
    }
    if ((await summaryOf(context, dom)).id === undefined) throw notRunning();
    const endpoints = await need(context.domains, 'consoles')(dom.uuid);
    const display = endpoints.filter(({ kind }) => kind === 'vnc' || kind === 'spice')[idx];
    if (display === undefined) {
      const message = `No graphics backend with index ${idx}`;
      throw new VirError({ code: 'internal-error', domain: 'qemu', message });
    }
    give(await connectTo(display, idx));
  },
} satisfies RemoteHandlers;

/** A connection that was not read: what the display says first is for the client. */
async function connectTo({ socketPath, host, port }: ConsoleEndpoint, index: number): Promise<Socket> {
  if (socketPath === undefined && port === undefined) {
    const message = `The display ${index} listens nowhere.`;
    throw new VirError({ code: 'config-unsupported', domain: 'qemu', message });
  }
  const socket =
    socketPath === undefined ? connect({ port: port ?? 0, host: host ?? '127.0.0.1' }) : connect({ path: socketPath });
  socket.pause();
  return await new Promise((resolve, reject) => {
    const fail = (cause: string): void => {
      socket.destroy();
      const message = `The display ${index} can't be connected to.`;
      reject(new VirError({ code: 'operation-failed', domain: 'qemu', message, cause }));
    };
    const timer = setTimeout(() => fail(`It did not answer within ${connectTimeoutMs} ms.`), connectTimeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}
