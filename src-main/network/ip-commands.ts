/** Actions that are one command of `ip` each, alone or several in one process. */
import { parseAddress, parseSubnet } from '../../src-shared/model/network-address.ts';
import { run } from '../host/process.ts';
import type { NetworkAction } from './actions.ts';

const timeoutMs = 10_000;

/** What makes devices, addresses and routes. */
export type IpAction = Extract<
  NetworkAction,
  { readonly verb: 'bridge-add' | 'link-up' | 'address-add' | 'route-add' }
>;

const ipVerbs: readonly NetworkAction['verb'][] = ['bridge-add', 'link-up', 'address-add', 'route-add'];
export const isIpAction = (action: NetworkAction): action is IpAction => ipVerbs.includes(action.verb);

export function ipCommand(action: IpAction): readonly string[] {
  switch (action.verb) {
    case 'bridge-add': {
      const { link, mac, mtu, stp, forwardDelaySeconds } = action;
      const size = mtu === undefined ? [] : ['mtu', String(mtu)];
      // The kernel takes a delay this short only while STP is off; it applies the attributes in this order.
      const bridge = ['forward_delay', String(forwardDelaySeconds * 100), 'stp_state', stp ? '1' : '0'];
      return ['link', 'add', 'name', link, 'address', mac, ...size, 'type', 'bridge', ...bridge];
    }
    case 'link-up':
      return ['link', 'set', 'dev', action.link, 'up'];
    case 'address-add': {
      const isFour = parseSubnet(action.address)?.family === 'ipv4';
      // Nobody answers on a bridge without ports, so looking for duplicates would only delay.
      const rest = isFour ? ['broadcast', '+'] : ['nodad'];
      return ['address', 'replace', action.address, 'dev', action.link, ...rest];
    }
    case 'route-add': {
      const family = parseAddress(action.gateway)?.family === 'ipv6' ? 'inet6' : 'inet';
      const metric = action.metric === undefined ? [] : ['metric', String(action.metric)];
      const way = ['via', family, action.gateway, 'dev', action.link];
      return ['route', 'replace', action.destination, ...way, 'proto', 'static', ...metric];
    }
  }
}

export async function ip(args: readonly string[], signal?: AbortSignal): Promise<void> {
  await run(['ip', ...args], { timeoutMs, ...(signal === undefined ? {} : { signal }) });
}

/** In one process, which stops at the first that fails. */
export async function ipAll(commands: readonly (readonly string[])[], signal?: AbortSignal): Promise<void> {
  const [only] = commands;
  if (only === undefined) return;
  if (commands.length === 1) return await ip(only, signal);
  const input = commands.map((words) => `${words.map(quoted).join(' ')}\n`).join('');
  await run(['ip', '-batch', '-'], { input, timeoutMs, ...(signal === undefined ? {} : { signal }) });
}

/** A line's words are parted by blanks, and `#` begins a comment; neither is part of a device's name here. */
function quoted(word: string): string {
  if (/[\s"'#\\]/.test(word)) throw new TypeError(`'${word}' can't be a word of a batch`);
  return word;
}
