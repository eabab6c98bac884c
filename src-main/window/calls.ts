/** The contract's calls that only a window can answer: itself, native dialogs, the clipboard, other windows. */
import type { BrowserWindow } from 'electron';
import { clipboard, dialog, type OpenDialogOptions, type SaveDialogOptions, shell } from 'electron';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import { writeWhole } from '../host/files.ts';
import type { ClientContext, HandlerSet } from '../ipc/dispatch.ts';
import { version } from '../version.ts';

/** Sites that the application links to; nothing else is handed to the user's browser. */
const linkedSites: ReadonlySet<string> = new Set([
  'libvirt.org',
  'www.libvirt.org',
  'www.qemu.org',
  'wiki.qemu.org',
  'www.linux-kvm.org',
  'libosinfo.org',
  'www.spice-space.org',
]);

export interface ConsoleWindowRequest {
  readonly uri: string;
  readonly uuid: string;
  readonly alias?: string | undefined;
}

export interface WindowCallsOptions {
  windowOf(clientId: string): BrowserWindow | undefined;
  openConsole(request: ConsoleWindowRequest): void;
  /** Whether the engine is in this process or was running already. */
  engineKind(): Promise<'embedded' | 'attached'>;
}

export function windowCalls({ windowOf, openConsole, engineKind }: WindowCallsOptions): HandlerSet {
  const mustHave = (client: ClientContext): BrowserWindow => {
    const window = windowOf(client.id);
    if (window !== undefined && !window.isDestroyed()) return window;
    throw new VirError({ code: 'operation-invalid', domain: 'none', message: say`The window was closed.` });
  };
  /** Where the user chose to save, which is the only place a page may write to. */
  const chosen = new Map<string, Set<string>>();
  return {
    'app.info': async () => ({
      version,
      electron: process.versions.electron,
      node: process.versions.node,
      engine: await engineKind(),
      platform: process.platform,
    }),
    async 'dialog.open-file'({ title, extensions }, client) {
      const filters = extensions.length === 0 ? [] : [{ name: title, extensions: [...extensions] }, anyFile];
      const options: OpenDialogOptions = { title, filters, properties: ['openFile'] };
      const { canceled, filePaths } = await dialog.showOpenDialog(mustHave(client), options);
      return canceled ? undefined : filePaths[0];
    },
    async 'dialog.save-file'({ title, defaultName }, client) {
      const options: SaveDialogOptions = { title, defaultPath: defaultName, properties: ['showOverwriteConfirmation'] };
      const { canceled, filePath } = await dialog.showSaveDialog(mustHave(client), options);
      if (canceled || filePath === '') return undefined;
      const paths = chosen.get(client.id) ?? new Set();
      chosen.set(client.id, paths.add(filePath));
      client.onDisconnect('chosen-paths', () => chosen.delete(client.id));
      return filePath;
    },
    async 'window.save-png'({ to, base64 }, client) {
      const png = Buffer.from(base64, 'base64');
      if (chosen.get(client.id)?.has(to) !== true || !png.subarray(0, 8).equals(pngSignature)) {
        throw new VirError({
          code: 'operation-denied',
          domain: 'none',
          message: say`The picture was not saved as '${to}'.`,
          cause: say`Only a picture may be saved, and only where the save dialog was answered with.`,
        });
      }
      await writeWhole(to, png);
    },
    'window.open-console': openConsole,
    'window.set-fullscreen'({ on }, client) {
      mustHave(client).setFullScreen(on);
    },
    // Electron 44 made the clipboard asynchronous; awaiting serves both.
    'clipboard.read': async () => await clipboard.readText(),
    'clipboard.write': async ({ text }) => {
      await clipboard.writeText(text);
    },
    async 'window.open-external'({ url }) {
      if (!linkedSites.has(new URL(url).host)) {
        throw new VirError({
          code: 'operation-denied',
          domain: 'none',
          message: say`The page ${url} was not opened.`,
          cause: say`The application only opens the pages it links to.`,
        });
      }
      await shell.openExternal(url);
    },
  };
}

const anyFile = { name: '*', extensions: ['*'] };
const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
