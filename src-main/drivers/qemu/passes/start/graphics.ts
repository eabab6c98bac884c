import type { Graphics } from '../../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../../src-shared/words.ts';
import { unsupported } from '../errors.ts';
import type { RunContext, StartPass } from './types.ts';

type Spice = Extract<Graphics, { type: 'spice' }>;
type Server = Extract<Graphics, { type: 'vnc' | 'spice' }>;

/** Displays get the address, port or socket they listen on, and the device they render with. */
export const prepareGraphics: StartPass = ({ devices }, { run }) => {
  for (const display of devices.graphics) {
    if (display.type === 'vnc' || display.type === 'spice') {
      if (display.listens.length > 1)
        throw unsupported(say`<graphics type='${display.type}'> can listen in one place only.`);
      prepareListens(display, run);
      preparePorts(display, run);
    }
    if (display.type === 'spice' && display.gl?.enable === true) setRenderNode(display.gl, run);
    if (display.type === 'egl-headless') setRenderNode((display.gl ??= {}), run);
  }
};

function setRenderNode(gl: { rendernode?: string }, run: RunContext): void {
  if (gl.rendernode === undefined && run.renderNode !== undefined) gl.rendernode = run.renderNode;
}

function prepareListens(display: Server, run: RunContext): void {
  for (const listen of display.listens) {
    switch (listen.type) {
      case 'address':
        listen.address ??= run.listenAddress;
        break;
      case 'network': {
        if (listen.address !== undefined) break;
        const { network } = listen;
        const address = network === undefined ? run.listenAddress : run.networkAddress?.(network);
        if (address === undefined)
          throw unsupported(say`The display listens on network '${network}', which is not active.`);
        listen.address = address;
        break;
      }
      case 'socket':
        listen.socket ??= `${run.directory}/${display.type}.sock`;
        break;
      case 'none':
        break;
    }
  }
  const [first] = display.listens;
  if (first?.type === 'address' && first.address !== undefined) display.listen = first.address;
  if (display.type === 'vnc' && first?.type === 'socket' && first.socket !== undefined) display.socket = first.socket;
}

function preparePorts(display: Server, run: RunContext): void {
  const [listen] = display.listens;
  if (listen?.type !== 'address' && listen?.type !== 'network') return;
  if (display.type === 'vnc') {
    if (display.autoport === true) display.port = run.allocatePort('vnc');
    if (display.websocket === -1) display.websocket = run.allocatePort('vnc-websocket');
    return;
  }
  const { plain, encrypted } =
    display.autoport === true ? neededPorts(display, run) : { plain: false, encrypted: false };
  if (plain || display.port === -1) display.port = run.allocatePort('spice');
  if (encrypted || display.tlsPort === -1) {
    if (run.spiceTlsDirectory === undefined) {
      throw unsupported(say`An encrypted SPICE port is asked for (tlsPort), but there are no certificates for it.`);
    }
    display.tlsPort = run.allocatePort('spice-tls');
  }
}

function neededPorts(display: Spice, run: RunContext): { readonly plain: boolean; readonly encrypted: boolean } {
  const modes = display.channel.map((channel) => channel.mode);
  const general = display.defaultMode ?? 'any';
  return {
    plain: modes.includes('insecure') || general !== 'secure',
    encrypted:
      modes.includes('secure') || general === 'secure' || (general === 'any' && run.spiceTlsDirectory !== undefined),
  };
}
