/** libvirt connection URIs: `driver[+transport]://[user@][host][:port]/[path][?parameters]`. */

export interface ConnectUri {
  /** The URI as it was given. */
  readonly text: string;
  readonly driver: string;
  readonly transport?: string;
  readonly user?: string;
  readonly host?: string;
  readonly port?: number;
  /** With its leading slash; `/` when there is none. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Takes a connection URI apart.
 * @returns undefined when the text is not one.
 */
export function parseConnectUri(text: string): ConnectUri | undefined {
  const match =
    /^([a-zA-Z][a-zA-Z0-9]*)(?:\+([a-zA-Z0-9]+))?:\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, driver = '', transport, user, host = '', port, path = '', query] = match;
  const decoded = decodeParts([user, query === undefined ? undefined : query.replaceAll('+', '%2B')]);
  if (decoded === undefined) return undefined;
  const parameters: Record<string, string> = {};
  for (const pair of (query ?? '').split(/[&;]/)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    parameters[decodeURIComponent(name)] = equals < 0 ? '' : decodeURIComponent(pair.slice(equals + 1));
  }
  return {
    text,
    driver: driver.toLowerCase(),
    ...(transport === undefined ? {} : { transport: transport.toLowerCase() }),
    ...(user === undefined || user === '' ? {} : { user: decodeURIComponent(user) }),
    ...(host === '' ? {} : { host: host.replace(/^\[|\]$/g, '') }),
    ...(port === undefined ? {} : { port: Number(port) }),
    path: path === '' ? '/' : path,
    parameters,
  };
}

/** Percent-decoding throws on malformed input; here that means "not a URI". */
function decodeParts(parts: readonly (string | undefined)[]): readonly (string | undefined)[] | undefined {
  try {
    return parts.map((part) => (part === undefined ? undefined : decodeURIComponent(part)));
  } catch {
    return undefined;
  }
}
