/** As much of spice-html5 0.2.1 as is used. */
declare module '@spice-project/spice-html5/src/main.js' {
  import type { SpiceConn } from '@spice-project/spice-html5/src/spiceconn.js';
  import type { SpiceInputsConn } from '@spice-project/spice-html5/src/inputs.js';
  import type { SpiceDisplayConn } from '@spice-project/spice-html5/src/display.js';

  export interface SpiceMainOptions {
    readonly uri: string;
    readonly password: string;
    /** The id of the element that screens are put into. */
    readonly screen_id: string;
    readonly onerror: (error: unknown) => void;
    readonly onsuccess: () => void;
    readonly onagent: () => void;
  }

  export class SpiceMainConn extends SpiceConn {
    constructor(options: SpiceMainOptions);
    readonly inputs?: SpiceInputsConn;
    readonly display?: SpiceDisplayConn;
    password: string;
    mouse_mode: number;
    readonly agent_connected?: boolean;
    handle_mouse_mode(current: number, supported: number): void;
    resize_window(flags: number, width: number, height: number, depth: number, x: number, y: number): void;
    stop(): void;
  }
}

declare module '@spice-project/spice-html5/src/spiceconn.js' {
  import type { SpiceMiniData } from '@spice-project/spice-html5/src/spicemsg.js';

  export class SpiceConn {
    readonly state: string;
    readonly parent?: SpiceConn;
    onerror?: (error: unknown) => void;
    send_msg(message: SpiceMiniData): void;
    send_ticket(ticket: readonly number[]): void;
    report_error(error: unknown): void;
    log_info(...words: readonly unknown[]): void;
    log_warn(...words: readonly unknown[]): void;
    log_err(...words: readonly unknown[]): void;
  }
}

declare module '@spice-project/spice-html5/src/display.js' {
  import { SpiceConn } from '@spice-project/spice-html5/src/spiceconn.js';

  export class SpiceDisplayConn extends SpiceConn {
    primary_surface?: number | undefined;
    readonly surfaces?: Record<number, { readonly canvas: HTMLCanvasElement } | undefined>;
    hook_events(): void;
    unhook_events(): void;
    delete_surface(id: number): void;
    process_channel_message(message: { readonly type: number }): boolean;
  }
}

declare module '@spice-project/spice-html5/src/inputs.js' {
  import { SpiceConn } from '@spice-project/spice-html5/src/spiceconn.js';

  export class SpiceInputsConn extends SpiceConn {
    /** Lights: 1 Scroll, 2 Num, 4 Caps. */
    readonly keyboard_modifiers?: number;
    /** Motions sent that the server has not acknowledged. */
    waiting_for_ack: number;
  }
}

declare module '@spice-project/spice-html5/src/spicemsg.js' {
  export class SpiceMiniData {
    build_msg(type: number, body: object): void;
  }
  export class SpiceMsgcKeyDown {
    code: number;
  }
  export class SpiceMsgcMousePosition {
    x: number;
    y: number;
    buttons_state: number;
    constructor(connection: object);
  }
  export class SpiceMsgcMouseMotion {
    x: number;
    y: number;
    buttons_state: number;
    constructor(connection: object);
  }
  export class SpiceMsgcMousePress {
    button: number;
    buttons_state: number;
  }
  export class SpiceMsgcMouseRelease {
    button: number;
    buttons_state: number;
  }
}

declare module '@spice-project/spice-html5/src/enums.js' {
  export const Constants: Readonly<Record<string, number>>;
}
