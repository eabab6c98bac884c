import type { Extra } from '../../xml/tree.ts';

/** The parts of a host end that are looked at together. */
interface HostEnd {
  readonly type?: string;
  readonly mode?: string;
  readonly host?: string;
  readonly service?: string;
  readonly path?: string;
  readonly reconnect?: { readonly enabled: boolean };
}

/** What libvirt requires of the host's end. `pathRequired`: a socket's path is not made up when it is missing. */
function checkSources(
  type: string | undefined,
  sources: readonly HostEnd[],
  others: Extra | undefined,
  pathRequired: boolean,
): string | undefined {
  const bound = sources.filter(({ mode }) => mode === 'bind').length;
  if (type === 'udp') {
    if (bound > 1 || sources.length - bound > 1)
      return "A 'udp' device has at most one source to bind and one to connect.";
    if (sources.some(({ mode, service }) => mode !== 'bind' && service === undefined) || bound === sources.length) {
      return "A 'udp' device needs a source to connect to, with a service.";
    }
    return undefined;
  }
  const [source] = sources;
  if (
    sources.length > 1 ||
    others?.nodes?.some(({ node }) => node.kind === 'element' && node.name === 'source') === true
  ) {
    return `A '${type}' device has one source.`;
  }
  if (type === 'tcp' && source?.host === undefined) return "A 'tcp' device needs the host of its source.";
  if (type === 'tcp' && source?.service === undefined) return "A 'tcp' device needs the service of its source.";
  if (type === 'unix' && pathRequired && source?.path === undefined)
    return "A 'unix' device needs the path of its source.";
  const reconnects = source?.reconnect?.enabled === true;
  return reconnects && source?.mode === 'bind' ? 'Only a source that connects can reconnect.' : undefined;
}

interface AnyHostEnd {
  readonly type?: string;
  readonly source?: HostEnd | readonly HostEnd[];
  readonly _extra?: Extra;
}

const sourcesOf = ({ source }: AnyHostEnd): readonly HostEnd[] =>
  source === undefined ? [] : Array.isArray(source) ? (source as readonly HostEnd[]) : [source as HostEnd];

/** For elements whose socket path is chosen when the machine starts. `device` is a model of one of them. */
export function checkHostEnd(device: object): string | undefined {
  const host: AnyHostEnd = device;
  return checkSources(host.type, sourcesOf(host), host._extra, false);
}

/** For elements that must name their socket. */
export function checkNamedHostEnd(device: object): string | undefined {
  const host: AnyHostEnd = device;
  return checkSources(host.type, sourcesOf(host), host._extra, true);
}
