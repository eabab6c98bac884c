import { attr, child, children, element, type ModelOf, union } from '../../xml/schema.ts';
import { integer, oneOf, onOff, string, unsigned, yesNo } from '../../xml/values.ts';

/** Where a display can be reached. */
export const graphicsListenSchema = union('listen', 'type', {
  address: { address: attr(string).optional() },
  network: { address: attr(string).optional(), network: attr(string) },
  socket: { socket: attr(string).optional() },
  none: {},
});
export type GraphicsListen = ModelOf<typeof graphicsListenSchema>;

const listens = children(graphicsListenSchema);

const password = {
  passwd: attr(string).optional(),
  passwdValidTo: attr(string).optional(),
  connected: attr(oneOf('fail', 'disconnect', 'keep')).optional(),
};

const gl = child(element('gl', { enable: attr(yesNo).optional(), rendernode: attr(string).optional() })).optional();

const audio = child(element('audio', { id: attr(unsigned) })).optional();

const compression = (name: string) =>
  child(element(name, { compression: attr(oneOf('auto', 'never', 'always')) })).optional();

interface Server {
  readonly listen?: string;
  readonly socket?: string;
  readonly listens: readonly GraphicsListen[];
}

/** The attributes that came before `<listen>` must not say something else than the first `<listen>` does. */
function checkListens({ listen, socket, listens: [first] }: Server): string | undefined {
  if (first?.type === 'address' && first.address !== undefined && (listen ?? first.address) !== first.address) {
    return `The attribute 'listen' says '${listen}', the first <listen> says '${first.address}'.`;
  }
  if (first?.type === 'socket' && first.socket !== undefined && (socket ?? first.socket) !== first.socket) {
    return `The attribute 'socket' says '${socket}', the first <listen> says '${first.socket}'.`;
  }
  return undefined;
}

/** A display: a server a viewer connects to, or a window on the host. */
export const graphicsSchema = union(
  'graphics',
  'type',
  {
    vnc: {
      socket: attr(string).optional(),
      port: attr(integer).optional(),
      autoport: attr(yesNo).optional(),
      websocket: attr(integer).optional(),
      listen: attr(string).optional(),
      keymap: attr(string).optional(),
      sharePolicy: attr(oneOf('allow-exclusive', 'force-shared', 'ignore')).optional(),
      powerControl: attr(yesNo).optional(),
      ...password,
      listens,
      audio,
    },
    spice: {
      port: attr(integer).optional(),
      tlsPort: attr(integer).optional(),
      autoport: attr(yesNo).optional(),
      listen: attr(string).optional(),
      keymap: attr(string).optional(),
      defaultMode: attr(oneOf('any', 'secure', 'insecure')).optional(),
      ...password,
      listens,
      channel: children(
        element('channel', {
          name: attr(oneOf('main', 'display', 'inputs', 'cursor', 'playback', 'record', 'smartcard', 'usbredir')),
          mode: attr(oneOf('any', 'secure', 'insecure')),
        }),
      ),
      image: child(
        element('image', { compression: attr(oneOf('auto_glz', 'auto_lz', 'quic', 'glz', 'lz', 'off')) }),
      ).optional(),
      jpeg: compression('jpeg'),
      zlib: compression('zlib'),
      playback: child(element('playback', { compression: attr(onOff) })).optional(),
      streaming: child(element('streaming', { mode: attr(oneOf('filter', 'all', 'off')) })).optional(),
      mouse: child(element('mouse', { mode: attr(oneOf('server', 'client')) })).optional(),
      clipboard: child(element('clipboard', { copypaste: attr(yesNo) })).optional(),
      filetransfer: child(element('filetransfer', { enable: attr(yesNo) })).optional(),
      gl,
    },
    sdl: {
      display: attr(string).optional(),
      xauth: attr(string).optional(),
      fullscreen: attr(yesNo).optional(),
      gl,
    },
    'egl-headless': { gl },
    rdp: {
      port: attr(integer).optional(),
      autoport: attr(yesNo).optional(),
      replaceUser: attr(yesNo).optional(),
      multiUser: attr(yesNo).optional(),
      listen: attr(string).optional(),
      username: attr(string).optional(),
      passwd: attr(string).optional(),
      listens,
    },
    desktop: { display: attr(string).optional(), fullscreen: attr(yesNo).optional() },
    dbus: { p2p: attr(yesNo).optional(), address: attr(string).optional(), gl, audio },
  },
  undefined,
  { check: (display) => ('listens' in display ? checkListens(display) : undefined) },
);
export type Graphics = ModelOf<typeof graphicsSchema>;
