/** noVNC's client, as it serves best on a socket of this host. */
import RFB, { type NoVncDecoder } from '@novnc/novnc';
import { renderingOf, type Scaling, scaleOf } from '../scaling.ts';
import { Compression, type Transfer } from './compression.ts';
import { NativeRawDecoder } from './raw-decoder.ts';

const rawEncoding = 0;
const tightEncoding = 7;

/** Copied and plain rectangles, and what else QEMU and we both know. */
const plainEncodings: readonly number[] = [
  1, // CopyRect
  rawEncoding,
  -223, // DesktopSize
  -224, // LastRect
  -258, // QEMU's key events with scan codes
  -261, // QEMU's keyboard lights
  -308, // ExtendedDesktopSize
  -307, // DesktopName
  -316, // ExtendedMouseButtons
  -239, // Cursor
];

/** QEMU is to take as little time to compress as it can: level 1, and nothing that loses. */
const encodings: Readonly<Record<Transfer, readonly number[]>> = {
  compressed: [tightEncoding, -255, ...plainEncodings],
  plain: plainEncodings,
};

/** A key that no keyboard has: its release is an input message that QEMU drops (`qkbd_state_key_event`). */
const noKey = 0xff_ffff;

export interface LocalRfbObserver {
  size(width: number, height: number): void;
  resizable(can: boolean): void;
  /** A whole update was drawn. */
  drawn(): void;
}

export class LocalRfb extends RFB {
  // The superclass's constructor calls methods of ours: what they need is set by `start`, before anything is received.
  declare observer: LocalRfbObserver | undefined;
  declare scaling: Scaling | undefined;
  #resizable = false;
  readonly #compression = new Compression();
  #transfer: Transfer = 'compressed';
  /** Of the update that is being received, what came compressed. */
  #compressed = { pixels: 0, bytes: 0 };

  start(observer: LocalRfbObserver, scaling: Scaling): void {
    this.observer = observer;
    this.scaling = scaling;
    this._decoders[rawEncoding] = new NativeRawDecoder();
    const tight = this._decoders[tightEncoding];
    if (tight !== undefined) this._decoders[tightEncoding] = this.#counting(tight);
    this.focusOnClick = false;
    // Ours, because it is a scale of its own choice otherwise.
    this.scaleViewport = false;
    this.background = 'transparent';
    // The page's own element has the keyboard.
    this._canvas.removeAttribute('tabindex');
    this._canvas.setAttribute('aria-hidden', 'true');
  }

  show(scaling: Scaling): void {
    this.scaling = scaling;
    this._updateScale();
  }

  /** noVNC takes the keyboard of its canvas when it connects; the page's element has it. */
  leaveKeyboard(): void {
    this._keyboard.ungrab();
  }

  press(
    keysym: number,
    code: string,
    down: boolean,
    numLock: boolean | undefined,
    capsLock: boolean | undefined,
  ): void {
    this._handleKeyEvent(keysym, code, down, numLock ?? null, capsLock ?? null);
  }

  /** Makes QEMU look at the guest's screen soon; the guest itself never hears of it. */
  nudge(): void {
    this.sendKey(noKey, '', false);
  }

  protected override _sendEncodings(): void {
    const socket = this._sock;
    socket.sQpush8(0); // SetPixelFormat
    for (let padding = 0; padding < 3; padding += 1) socket.sQpush8(0);
    for (const value of [32, 24, 0, 1]) socket.sQpush8(value); // bits, depth, little endian, true colour
    for (let colour = 0; colour < 3; colour += 1) socket.sQpush16(255);
    for (const shift of [16, 8, 0]) socket.sQpush8(shift); // QEMU's own order: nothing to convert
    for (let padding = 0; padding < 3; padding += 1) socket.sQpush8(0);
    socket.flush();
    RFB.messages.clientEncodings(socket, encodings[this.#transfer]);
  }

  protected override _framebufferUpdate(): boolean {
    if (this._FBU.rects === 0) {
      // Asked for as this one begins, the next is made while this one is drawn. How far ahead it gets is bounded by
      // the socket, and by what is acknowledged on the port.
      const { width, height } = this._display;
      RFB.messages.fbUpdateRequest(this._sock, true, 0, 0, width, height);
    }
    const complete = super._framebufferUpdate();
    if (!complete) return false;
    const next = this.#compression.received(this.#compressed);
    this.#compressed = { pixels: 0, bytes: 0 };
    if (next !== this.#transfer) {
      this.#transfer = next;
      RFB.messages.clientEncodings(this._sock, encodings[next]);
    }
    this.observer?.drawn();
    return true;
  }

  #counting(decoder: NoVncDecoder): NoVncDecoder {
    return {
      decodeRect: (x, y, width, height, socket, display, depth) => {
        const before = socket.rQlen();
        const complete = decoder.decodeRect(x, y, width, height, socket, display, depth);
        this.#compressed.bytes += before - socket.rQlen();
        if (complete) this.#compressed.pixels += width * height;
        return complete;
      },
    };
  }

  protected override _resize(width: number, height: number): void {
    super._resize(width, height);
    this._updateScale();
    this.observer?.size(width, height);
  }

  protected override _handleExtendedDesktopSize(): boolean {
    const handled = super._handleExtendedDesktopSize();
    if (this._supportsSetDesktopSize !== this.#resizable) {
      this.#resizable = this._supportsSetDesktopSize;
      this.observer?.resizable(this.#resizable);
    }
    return handled;
  }

  protected override _updateScale(): void {
    const { _display: display, _screen: screen, _canvas: canvas } = this;
    const area = screen.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    const scale = scaleOf(this.scaling ?? 'fit', display, area, ratio);
    display.scale = scale;
    canvas.style.imageRendering = renderingOf(scale, ratio);
    screen.style.overflow = this.scaling === 'actual' ? 'auto' : 'hidden';
  }

  /** What the guest is asked to be: as many pixels as the display has here. */
  protected override _screenSize(): { w: number; h: number } {
    const { width, height } = this._screen.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    // Guests like an even number of pixels, and many insist on it in the width.
    return { w: Math.floor((width * ratio) / 8) * 8, h: Math.floor((height * ratio) / 2) * 2 };
  }

  protected override _updateCursor(rgba: Uint8Array, hotX: number, hotY: number, width: number, height: number): void {
    for (let at = 0; at + 2 < rgba.length; at += 4) {
      const first = rgba[at] ?? 0;
      rgba[at] = rgba[at + 2] ?? 0;
      rgba[at + 2] = first;
    }
    super._updateCursor(rgba, hotX, hotY, width, height);
  }
}
