/** The only thing a page has besides the web platform: `window.vivarium`. Sandboxed: it may import nothing of Node. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type Bridge, consoleRequestType } from '../../src-shared/contract/bridge.ts';
import type { ContractEvent } from '../../src-shared/contract/index.ts';
import { channels } from '../ipc/electron-channels.ts';

type Ports = NonNullable<Parameters<typeof ipcRenderer.postMessage>[2]>;

/** The page's side of `window`, of which a type without the DOM is enough here. */
declare const window: {
  addEventListener(
    type: 'message',
    listener: (event: { readonly source: unknown; readonly data: unknown; readonly ports: Ports }) => void,
  ): void;
};

const listeners = new Set<(events: readonly ContractEvent[]) => void>();

ipcRenderer.on(channels.events, (_event, events: readonly ContractEvent[]) => {
  for (const listener of [...listeners]) listener(events);
});

const bridge: Bridge = {
  call: (name, argument) => ipcRenderer.invoke(channels.call, name, argument),
  subscribe(listener) {
    if (listeners.size === 0) ipcRenderer.send(channels.subscribe);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
  pathOf: (file) => webUtils.getPathForFile(file as File),
};

// A page begins: what an earlier one of this window held is released, before any call of this one.
ipcRenderer.send(channels.page);
contextBridge.exposeInMainWorld('vivarium', bridge);

// The bridge can't carry a port; a message of the window to itself can.
window.addEventListener('message', ({ source, data, ports }) => {
  const message = data as { readonly type?: unknown; readonly request?: unknown } | null;
  if (source !== window || message?.type !== consoleRequestType || ports.length !== 1) return;
  ipcRenderer.postMessage(channels.console, message.request, ports);
});
