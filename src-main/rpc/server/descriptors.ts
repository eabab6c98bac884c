/**
 * Descriptors that go to a client along with an answer: how libvirtd hands over the connection to a guest's display.
 * virt-manager takes no other when it is on the guest's host.
 *
 * Node can't send them itself. A short program does, which is given both sockets; whoever has virt-manager has its
 * interpreter. Without one nothing is promised to clients, and those that can go another way do.
 */
import { access, constants } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { VirError } from '../../../src-shared/errors.ts';
import { run } from '../../host/process.ts';

const interpreters = ['/usr/bin/python3', '/usr/local/bin/python3'];
const passTimeoutMs = 10_000;

/** Sends descriptor 4 over the socket that is descriptor 3, with the one byte that libvirt's clients read with each. */
const program = `
import array, select, socket
client = socket.socket(fileno=3)
select.select([], [client], [], ${passTimeoutMs / 1000})
client.sendmsg([bytes(1)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [4]))])
`;

let found: Promise<string | undefined> | undefined;

/** Whether descriptors can be passed on this host. */
export async function canPassDescriptors(): Promise<boolean> {
  return (await interpreter()) !== undefined;
}

/**
 * Gives `what` to whoever is at the other end of `client`, and lets go of it. Nothing else may be sent meanwhile;
 * `client` has to be resumed after it.
 * @throws VirError when it could not be given; then the client waits for it in vain.
 */
export async function passDescriptor(client: Socket, what: Socket): Promise<void> {
  try {
    const python = await interpreter();
    if (python === undefined) {
      throw new VirError({ code: 'no-support', domain: 'rpc', message: 'File descriptors can not be passed.' });
    }
    await run([python, '-I', '-S', '-c', program], { sockets: [client, what], timeoutMs: 2 * passTimeoutMs });
  } finally {
    what.destroy();
  }
}

async function interpreter(): Promise<string | undefined> {
  found ??= Promise.any(
    interpreters.map(async (path) => {
      await access(path, constants.X_OK);
      return path;
    }),
  ).catch(() => undefined);
  return await found;
}
