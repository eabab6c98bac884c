import type { Graphics } from '../../../../src-shared/model/domain/index.ts';
import { say } from '../../../../src-shared/words.ts';
import { audiodevAlias } from '../devices/sound.ts';
import { unsupported } from '../passes/errors.ts';
import { escapeComma } from './json.ts';
import type { OptionList } from './option-list.ts';
import type { BuildContext, Section } from './types.ts';

type Of<T extends Graphics['type']> = Extract<Graphics, { type: T }>;

const onOff = (value: boolean): string => (value ? 'on' : 'off');

/** Displays: servers a viewer connects to, or windows on the host. */
export const graphics: Section = (options, context) => {
  const { graphics: displays } = context.domain.devices;
  for (const type of ['sdl', 'vnc', 'spice', 'egl-headless', 'dbus'] as const) {
    if (displays.filter((display) => display.type === type).length > 1) {
      throw unsupported(say`A machine has at most one display of the type '${type}'.`);
    }
  }
  for (const display of displays) {
    switch (display.type) {
      case 'vnc':
        vnc(options, display, context);
        break;
      case 'spice':
        spice(options, display, context);
        break;
      case 'sdl':
        sdl(options, display);
        break;
      case 'egl-headless':
        options.add('-display', ['egl-headless', ...renderNode(display.gl)].join(','));
        break;
      case 'dbus':
        dbus(options, display, context);
        break;
      case 'rdp':
      case 'desktop':
        throw unsupported(say`QEMU has no display of the type '${display.type}'.`);
    }
  }
};

const renderNode = (gl: { rendernode?: string } | undefined): string[] =>
  gl?.rendernode === undefined ? [] : [`rendernode=${escapeComma(gl.rendernode)}`];

const lowestVncPort = 5900;

function vnc(options: OptionList, display: Of<'vnc'>, { domain }: BuildContext): void {
  const [listen] = display.listens;
  const parts: string[] = [];
  switch (listen?.type) {
    case 'socket':
      parts.push(`vnc=unix:${escapeComma(listen.socket ?? '')}`);
      break;
    case 'address':
    case 'network': {
      const port = display.port ?? 0;
      if (port < lowestVncPort || port > 65_535)
        throw unsupported(say`A VNC port is between 5900 and 65535, not ${port}.`);
      const address = listen.address ?? '';
      parts.push(`${address.includes(':') ? `[${address}]` : address}:${port - lowestVncPort}`);
      if (display.websocket !== undefined && display.websocket !== 0) parts.push(`websocket=${display.websocket}`);
      break;
    }
    default:
      parts.push('none');
  }
  if (display.sharePolicy !== undefined) parts.push(`share=${display.sharePolicy}`);
  if (display.passwd !== undefined) parts.push('password=on');
  if (display.powerControl !== undefined) parts.push(`power-control=${onOff(display.powerControl)}`);
  parts.push(`audiodev=${audiodevAlias(domain, display.audio?.id)}`);
  options.add('-vnc', parts.join(','));
  if (display.keymap !== undefined) options.add('-k', display.keymap);
}

const spiceChannels = ['main', 'display', 'inputs', 'cursor', 'playback', 'record', 'smartcard', 'usbredir'] as const;

function spice(options: OptionList, display: Of<'spice'>, { launch }: BuildContext): void {
  const [listen] = display.listens;
  const parts: string[] = [];
  let isSecure = false;
  let isPlain = true;
  switch (listen?.type) {
    case 'socket':
      parts.push('unix', `addr=${escapeComma(listen.socket ?? '')}`);
      break;
    case 'address':
    case 'network': {
      isPlain = (display.port ?? 0) > 0;
      isSecure = (display.tlsPort ?? 0) > 0;
      if (isPlain) parts.push(`port=${display.port}`);
      if (isSecure) parts.push(`tls-port=${display.tlsPort}`);
      if ((isPlain || isSecure) && listen.address !== undefined) parts.push(`addr=${listen.address}`);
      break;
    }
    default:
      // QEMU wants some port; this one is none.
      parts.push('port=0');
  }
  if (display.mouse !== undefined) parts.push(`agent-mouse=${onOff(display.mouse.mode === 'client')}`);
  if (display.passwd === undefined) parts.push('disable-ticketing=on');
  if (isSecure) parts.push(`x509-dir=${escapeComma(launch.run.spiceTlsDirectory ?? '')}`);
  parts.push(...channelModes(display, isSecure, isPlain));
  parts.push(...spiceSettings(display));
  parts.push('seamless-migration=on');
  options.add('-spice', parts.join(','));
  if (display.keymap !== undefined) options.add('-k', display.keymap);
}

function channelModes(display: Of<'spice'>, isSecure: boolean, isPlain: boolean): string[] {
  const parts: string[] = [];
  const add = (mode: string | undefined, name: string): void => {
    if (mode === undefined || mode === 'any') return;
    if (mode === 'secure' ? !isSecure : !isPlain) {
      const what = mode === 'secure' ? 'encrypted' : 'plain';
      throw unsupported(say`The SPICE channel '${name}' is to be ${what}, but the display has no ${what} port.`);
    }
    parts.push(`${mode === 'secure' ? 'tls' : 'plaintext'}-channel=${name}`);
  };
  add(display.defaultMode, 'default');
  for (const name of spiceChannels) add(display.channel.findLast((channel) => channel.name === name)?.mode, name);
  return parts;
}

function spiceSettings(display: Of<'spice'>): string[] {
  const parts: string[] = [];
  if (display.image !== undefined) parts.push(`image-compression=${display.image.compression}`);
  if (display.jpeg !== undefined) parts.push(`jpeg-wan-compression=${display.jpeg.compression}`);
  if (display.zlib !== undefined) parts.push(`zlib-glz-wan-compression=${display.zlib.compression}`);
  if (display.playback !== undefined) parts.push(`playback-compression=${onOff(display.playback.compression)}`);
  if (display.streaming !== undefined) parts.push(`streaming-video=${display.streaming.mode}`);
  if (display.clipboard?.copypaste === false) parts.push('disable-copy-paste=on');
  if (display.filetransfer?.enable === false) parts.push('disable-agent-file-xfer=on');
  if (display.gl?.enable === true) parts.push('gl=on', ...renderNode(display.gl));
  return parts;
}

function sdl(options: OptionList, display: Of<'sdl'>): void {
  if (display.xauth !== undefined) options.environment['XAUTHORITY'] = display.xauth;
  if (display.display !== undefined) options.environment['DISPLAY'] = display.display;
  if (display.fullscreen === true) options.add('-full-screen');
  const gl = display.gl?.enable === undefined ? [] : [`gl=${onOff(display.gl.enable)}`];
  options.add('-display', ['sdl', ...gl].join(','));
}

function dbus(options: OptionList, display: Of<'dbus'>, { domain }: BuildContext): void {
  const parts = ['dbus', display.p2p === true ? 'p2p=on' : `addr=${escapeComma(display.address ?? '')}`];
  if (display.gl?.enable !== undefined) parts.push(`gl=${onOff(display.gl.enable)}`);
  parts.push(...renderNode(display.gl));
  if (display.audio !== undefined) parts.push(`audiodev=${audiodevAlias(domain, display.audio.id)}`);
  options.add('-display', parts.join(','));
}
