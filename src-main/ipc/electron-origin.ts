/** Who may talk to the main process: the top frame of one of our own pages, and nobody else. */
import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';

export const appScheme = 'app';
export const appHost = 'bundle';

/** `new URL('app://…').origin` is "null" in Node, so protocol and host are compared, never the origin. */
export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === `${appScheme}:` && host === appHost;
}

/** Whether a message came from the top frame of a page of the bundle. */
export function isTrustedSender(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  // A frame that is gone by now has no URL to judge.
  const frame: Electron.WebFrameMain | null = event.senderFrame;
  return frame !== null && frame.parent === null && isAppUrl(frame.url);
}
