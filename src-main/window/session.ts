/** What no page of ours may do, whatever is in it: reach the network, ask for devices, go elsewhere, open windows. */
import {
  app,
  type Protocol,
  protocol,
  type ProtocolRequest,
  type ProtocolResponse,
  session,
  type WebContents,
} from 'electron';
import type { Logger } from '../engine/logger.ts';
import { appScheme, isAppUrl } from '../ipc/electron-origin.ts';
import { type BundleManifest, serveBundle } from './bundle.ts';

/** Electron 33 has names for fewer than it asks about; they are compared as strings. */
const allowedPermissions: ReadonlySet<string> = new Set([
  'fullscreen',
  'pointerLock',
  'keyboardLock',
  'clipboard-sanitized-write',
]);

/** Before Electron is ready: the scheme, and a sandbox for every process. */
export function declareScheme(): void {
  // Chromium refuses to sandbox anything as root; whoever starts it as root has to say so with this switch.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

const pageTimeoutMs = 2_000;

/** Once Electron is ready and before the first window. Answers when the first page has its code, or should have. */
export function hardenSession(manifest: BundleManifest, logger: Logger): Promise<void> {
  const own = session.defaultSession;
  const scriptServed = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, pageTimeoutMs);
    const answer = async ({ url, method }: ProtocolRequest): Promise<ProtocolResponse> => {
      const answered = await serveBundle(manifest, url, method);
      // The page asks for its script before its style.
      if (url.endsWith('.css')) {
        clearTimeout(timer);
        setImmediate(resolve);
      }
      return answered;
    };
    serve(own.protocol, appScheme, answer, logger);
  });
  // Requests for files are not among "all URLs" below.
  serve(own.protocol, 'file', () => Promise.resolve({ statusCode: 403, data: Buffer.alloc(0) }), logger);
  own.webRequest.onBeforeRequest({ urls: ['<all_urls>'] }, (details, decide) => {
    const allowed = /^(data|blob|devtools):/.test(details.url) || isAppUrl(details.url);
    if (!allowed) logger.log('warn', 'a page asked for something outside the bundle', { url: details.url });
    decide({ cancel: !allowed });
  });
  own.setPermissionRequestHandler((_contents, permission, decide, details) => {
    decide(allowedPermissions.has(permission) && isAppUrl(details.requestingUrl));
  });
  own.setPermissionCheckHandler((_contents, permission, requestingOrigin) => {
    return allowedPermissions.has(permission) && isAppUrl(requestingOrigin);
  });
  own.setDevicePermissionHandler(() => false);
  own.on('will-download', (event) => {
    event.preventDefault();
  });
  own.setSpellCheckerEnabled(false);
  return scriptServed;
}

/**
 * By the older of Electron's two ways: the newer one speaks in `Response`s, for which Node first compiles an HTTP client
 * that nothing else here uses, a tenth of a second before the first picture.
 */
function serve(
  to: Protocol,
  scheme: string,
  answer: (request: ProtocolRequest) => Promise<ProtocolResponse>,
  logger: Logger,
): void {
  const handle = (request: ProtocolRequest, callback: (response: ProtocolResponse) => void): void => {
    answer(request).then(callback, (error: unknown) => {
      logger.log('error', 'a file of the application could not be read', { url: request.url, error });
      callback({ statusCode: 500, data: Buffer.alloc(0) });
    });
  };
  const own =
    scheme === 'file' ? to.interceptBufferProtocol(scheme, handle) : to.registerBufferProtocol(scheme, handle);
  if (!own) throw new Error(`Electron does not let '${scheme}' be served.`);
}

/** For every web contents there will ever be. */
export function hardenContents(contents: WebContents, logger: Logger): void {
  const refuse = (event: { preventDefault(): void }, url: string): void => {
    event.preventDefault();
    logger.log('warn', 'a page tried to go elsewhere', { url });
  };
  contents.on('will-navigate', (details) => refuse(details, details.url));
  contents.on('will-frame-navigate', (details) => refuse(details, details.url));
  contents.on('will-redirect', (details) => refuse(details, details.url));
  contents.on('will-attach-webview', (event) => refuse(event, 'webview'));
  contents.setWindowOpenHandler(({ url }) => {
    logger.log('warn', 'a page tried to open a window', { url });
    return { action: 'deny' };
  });
}
