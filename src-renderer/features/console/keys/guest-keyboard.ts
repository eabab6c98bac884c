/** The keyboard while the guest has it: every key goes to the guest by its place, whatever the layout here. */
import { guestKey } from './keymap.ts';
import { ReleaseChord } from './release-chord.ts';

export interface KeyPress {
  /** `KeyboardEvent.code`. */
  readonly code: string;
  readonly down: boolean;
  /** The character's keysym where the key makes one, the key's own else. */
  readonly keysym: number;
  readonly capsLock: boolean | undefined;
  readonly numLock: boolean | undefined;
}

export interface GuestKeyboardOptions {
  press(key: KeyPress): void;
  /** The release chord was let go. */
  release(): void;
}

type KeyEvent = Pick<KeyboardEvent, 'code' | 'key' | 'type' | 'getModifierState'>;

export class GuestKeyboard {
  readonly #options: GuestKeyboardOptions;
  readonly #chord = new ReleaseChord();
  readonly #held = new Map<string, number>();

  constructor(options: GuestKeyboardOptions) {
    this.#options = options;
  }

  /** Takes a key event of the element that has the guest's keyboard; true when it is the guest's. */
  handle(event: KeyEvent): boolean {
    const { code } = event;
    const down = event.type === 'keydown';
    if (this.#chord.key(code, down)) {
      this.releaseAll();
      this.#options.release();
      return true;
    }
    const key = guestKey(code);
    if (key === undefined) return false;
    // A key that was pressed elsewhere is let go elsewhere.
    if (!down && !this.#held.has(code)) return true;
    const keysym = down ? keysymOf(event.key, key.keysym) : (this.#held.get(code) ?? key.keysym);
    if (down) this.#held.set(code, keysym);
    else this.#held.delete(code);
    const capsLock = event.getModifierState('CapsLock');
    const numLock = event.getModifierState('NumLock');
    this.#options.press({ code, down, keysym, capsLock, numLock });
    return true;
  }

  /** The guest must not keep a key down that is let go where it can't see it. */
  releaseAll(): void {
    this.#chord.reset();
    for (const [code, keysym] of this.#held) this.#options.press(plainPress(code, false, keysym));
    this.#held.clear();
  }
}

/** A key pressed by the program rather than the user. */
export function plainPress(code: string, down: boolean, keysym = guestKey(code)?.keysym ?? 0): KeyPress {
  return { code, down, keysym, capsLock: undefined, numLock: undefined };
}

/** X's number of a character: Latin-1 as it is, others in the Unicode range. */
function keysymOf(key: string, fallback: number): number {
  if ([...key].length !== 1) return fallback;
  const point = key.codePointAt(0) ?? 0;
  return point < 0x100 ? point : 0x0100_0000 + point;
}
