/** As much of noVNC 1.7.0 as is used. Names with an underscore are its own insides, which its exact version keeps. */
declare module '@novnc/novnc' {
  export interface NoVncSocket {
    rQlen(): number;
    rQshiftBytes(length: number, copy?: boolean): Uint8Array<ArrayBuffer>;
    sQpush8(value: number): void;
    sQpush16(value: number): void;
    flush(): void;
  }

  export interface NoVncDisplay {
    scale: number;
    readonly width: number;
    readonly height: number;
    blitImage(x: number, y: number, width: number, height: number, bytes: Uint8Array, offset: number): void;
    flip(fromQueue?: boolean): void;
  }

  export interface NoVncDecoder {
    /** False while there is not enough to go on. */
    decodeRect(
      x: number,
      y: number,
      width: number,
      height: number,
      socket: NoVncSocket,
      display: NoVncDisplay,
      depth: number,
    ): boolean;
  }

  export interface NoVncEvents {
    connect: CustomEvent<Record<string, never>>;
    disconnect: CustomEvent<{ readonly clean: boolean }>;
    credentialsrequired: CustomEvent<{ readonly types: readonly string[] }>;
    securityfailure: CustomEvent<{ readonly status: number; readonly reason?: string }>;
  }

  export default class RFB {
    constructor(
      target: HTMLElement,
      channel: unknown,
      options?: { readonly shared?: boolean; readonly credentials?: { readonly password?: string } },
    );
    static readonly messages: {
      clientEncodings(socket: NoVncSocket, encodings: readonly number[]): void;
      fbUpdateRequest(
        socket: NoVncSocket,
        incremental: boolean,
        x: number,
        y: number,
        width: number,
        height: number,
      ): void;
    };
    focusOnClick: boolean;
    resizeSession: boolean;
    scaleViewport: boolean;
    background: string;
    addEventListener<N extends keyof NoVncEvents>(type: N, listener: (event: NoVncEvents[N]) => void): void;
    sendCredentials(credentials: { readonly password: string }): void;
    sendKey(keysym: number, code: string, down: boolean): void;
    toBlob(callback: (blob: Blob | null) => void, type?: string): void;
    disconnect(): void;

    protected readonly _canvas: HTMLCanvasElement;
    protected readonly _screen: HTMLElement;
    protected readonly _display: NoVncDisplay;
    protected readonly _sock: NoVncSocket;
    protected readonly _decoders: Record<number, NoVncDecoder>;
    /** The update being read; no rectangles left: none is. */
    protected readonly _FBU: { readonly rects: number };
    protected readonly _keyboard: { ungrab(): void };
    protected readonly _supportsSetDesktopSize: boolean;
    protected _handleKeyEvent(
      keysym: number,
      code: string,
      down: boolean,
      numLock: boolean | null,
      capsLock: boolean | null,
    ): void;
    protected _handleExtendedDesktopSize(): boolean;
    protected _framebufferUpdate(): boolean;
    protected _resize(width: number, height: number): void;
    protected _screenSize(): { w: number; h: number };
    protected _sendEncodings(): void;
    protected _updateCursor(rgba: Uint8Array, hotX: number, hotY: number, width: number, height: number): void;
    protected _updateScale(): void;
  }
}
