/** Whether the way out still works after a change: the gateway that was known before answers on the new device. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../host/process.ts';
import type { InterfaceFacts } from './facts.ts';

interface Neighbour {
  readonly dst?: string;
  readonly lladdr?: string;
  readonly state?: readonly string[];
}

const answered = ['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'PERMANENT', 'NOARP'];
const waitMs = 8_000;
const stepMs = 250;

/**
 * Looked at before a change: the answer tells whether all is well after it, or is undefined when the gateway did not
 * answer before either.
 */
export async function watchGateway(
  device: string,
  facts: Pick<InterfaceFacts, 'routes'>,
): Promise<((after: string) => Promise<boolean>) | undefined> {
  const gateway = facts.routes.find(
    (route) => route.device === device && route.destination === 'default' && route.family === 'ipv4',
  )?.gateway;
  if (gateway === undefined || !(await answers(gateway, device, 2_000))) return undefined;
  return async (after) => await answers(gateway, after, waitMs);
}

async function answers(gateway: string, device: string, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    // Anything at all makes the kernel ask who has the address.
    await poke(gateway);
    const { stdout } = await run(['ip', '-json', 'neigh', 'show', gateway, 'dev', device], {
      acceptCodes: [0, 1, 255],
    });
    const [found] = stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly Neighbour[]);
    if (found?.lladdr !== undefined && found.state?.some((state) => answered.includes(state)) === true) return true;
    if (performance.now() > end) return false;
    await delay(stepMs);
  }
}

async function poke(address: string): Promise<void> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve) => {
      // Whether it could be sent is seen by the neighbour that answers, or does not.
      socket.send(Buffer.alloc(1), 9, address, () => resolve());
    });
  } finally {
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }
}
