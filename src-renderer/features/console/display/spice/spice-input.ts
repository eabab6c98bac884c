/** Keys and pointer on SPICE's inputs channel. */
import { Constants } from '@spice-project/spice-html5/src/enums.js';
import {
  SpiceMiniData,
  SpiceMsgcKeyDown,
  SpiceMsgcMouseMotion,
  SpiceMsgcMousePosition,
  SpiceMsgcMousePress,
  SpiceMsgcMouseRelease,
} from '@spice-project/spice-html5/src/spicemsg.js';
import type { KeyPress } from '../../keys/guest-keyboard.ts';
import { guestKey } from '../../keys/keymap.ts';
import { wireScanCode } from '../../keys/scan-code.ts';
import type { SpiceSession } from './connection.ts';

const {
  SPICE_MSGC_INPUTS_KEY_DOWN: keyDown = 101,
  SPICE_MSGC_INPUTS_KEY_UP: keyUp = 102,
  SPICE_MSGC_INPUTS_MOUSE_MOTION: mouseMotion = 111,
  SPICE_MSGC_INPUTS_MOUSE_POSITION: mousePosition = 112,
  SPICE_MSGC_INPUTS_MOUSE_PRESS: mousePress = 113,
  SPICE_MSGC_INPUTS_MOUSE_RELEASE: mouseRelease = 114,
  SPICE_INPUT_MOTION_ACK_BUNCH: bunch = 4,
  SPICE_MOUSE_BUTTON_UP: wheelUp = 4,
  SPICE_MOUSE_BUTTON_DOWN: wheelDown = 5,
} = Constants;

/** Bits of the guest's keyboard lights. */
const numLight = 2;
const capsLight = 4;

/** SPICE's bit of each DOM button (left, middle, right), and of each bit of `MouseEvent.buttons`. */
const buttonBits: readonly number[] = [1, 2, 4];
const stateOf = (buttons: number): number => (buttons & 1 ? 1 : 0) | (buttons & 4 ? 2 : 0) | (buttons & 2 ? 4 : 0);

export class SpiceInput {
  readonly #session: SpiceSession;
  #lights: number | undefined;
  #lightsSeen: number | undefined;

  constructor(session: SpiceSession) {
    this.#session = session;
  }

  press({ code, down, capsLock, numLock }: KeyPress): void {
    if (down) this.#matchLights(code, capsLock, numLock);
    this.#key(code, down);
  }

  moveTo(x: number, y: number, buttons: number): void {
    if (this.#busy()) return;
    const body = new SpiceMsgcMousePosition({});
    Object.assign(body, { x: Math.max(0, x), y: Math.max(0, y), buttons_state: stateOf(buttons) });
    this.#motion(mousePosition, body);
  }

  moveBy(x: number, y: number, buttons: number): void {
    if (this.#busy()) return;
    const body = new SpiceMsgcMouseMotion({});
    Object.assign(body, { x, y, buttons_state: stateOf(buttons) });
    this.#motion(mouseMotion, body);
  }

  button(button: number, down: boolean, buttons: number): void {
    if (buttonBits[button] === undefined) return;
    const body = down ? new SpiceMsgcMousePress() : new SpiceMsgcMouseRelease();
    body.button = button + 1;
    body.buttons_state = stateOf(buttons);
    this.#send(down ? mousePress : mouseRelease, body);
  }

  wheel(steps: number, buttons: number): void {
    const button = steps < 0 ? wheelUp : wheelDown;
    for (let step = 0; step < Math.abs(steps); step += 1) {
      for (const [type, body] of [
        [mousePress, new SpiceMsgcMousePress()],
        [mouseRelease, new SpiceMsgcMouseRelease()],
      ] as const) {
        body.button = button;
        body.buttons_state = stateOf(buttons);
        this.#send(type, body);
      }
    }
  }

  /** Presses a lock key first when the guest's light is not as the keyboard's here is. */
  #matchLights(code: string, capsLock: boolean | undefined, numLock: boolean | undefined): void {
    const seen = this.#session.inputs?.keyboard_modifiers;
    if (seen !== this.#lightsSeen) {
      this.#lightsSeen = seen;
      this.#lights = seen;
    }
    const match = (lock: string, light: number, on: boolean | undefined): void => {
      if (this.#lights === undefined || on === undefined) return;
      if (code === lock) {
        this.#lights ^= light;
      } else if (((this.#lights & light) !== 0) !== on) {
        this.#key(lock, true);
        this.#key(lock, false);
        this.#lights ^= light;
      }
    };
    match('CapsLock', capsLight, capsLock);
    match('NumLock', numLight, numLock);
  }

  #key(code: string, down: boolean): void {
    const key = guestKey(code);
    if (key === undefined) return;
    const body = new SpiceMsgcKeyDown();
    body.code = wireScanCode(key.scanCode, down);
    this.#send(down ? keyDown : keyUp, body);
  }

  /** The server says how many motions it has taken; more than a few ahead only make the pointer lag. */
  #busy(): boolean {
    return (this.#session.inputs?.waiting_for_ack ?? 0) >= 2 * bunch;
  }

  #motion(type: number, body: object): void {
    const { inputs } = this.#session;
    if (inputs === undefined || !this.#send(type, body)) return;
    inputs.waiting_for_ack += 1;
  }

  #send(type: number, body: object): boolean {
    const { inputs } = this.#session;
    if (inputs?.state !== 'ready') return false;
    const message = new SpiceMiniData();
    message.build_msg(type, body);
    inputs.send_msg(message);
    return true;
  }
}
