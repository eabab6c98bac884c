/** Turns key presses of the window into commands. */
import { useSettings } from '../store/settings-store.ts';
import { commands } from './commands.ts';
import { isTyping, shortcutOf } from './shortcut.ts';

let guestHasKeyboard = false;

/** While a guest holds the keyboard no shortcut of ours works; the console itself knows the release chord. */
export function setGuestKeyboard(held: boolean): void {
  guestHasKeyboard = held;
}

/** Keys that mean something to the element that has the focus. */
function belongsToElement(shortcut: string, target: EventTarget | null): boolean {
  if (!isTyping(shortcut) || !(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('input:not([type="checkbox"],[type="radio"]), textarea, select'))
    return true;
  const acts = shortcut === 'Enter' || shortcut === 'Space';
  return acts && target.closest('button, a[href], summary, [role="menuitem"], [role="option"], [role="tab"]') !== null;
}

export function listenToKeyboard(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (guestHasKeyboard || event.defaultPrevented || event.isComposing) return;
    const shortcut = shortcutOf(event);
    if (shortcut === undefined || belongsToElement(shortcut, event.target)) return;
    // What lies on top answers its own keys.
    if (document.querySelector('.MuiModal-root:not(.MuiModal-hidden)') !== null) return;
    const command = commands.find(shortcut, useSettings.getState().shortcuts);
    if (command === undefined) return;
    event.preventDefault();
    commands.run(command.id);
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}
