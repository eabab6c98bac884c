/** The places of the window, as addresses behind the hash and as values. */
export const machineTabs = ['overview', 'console', 'hardware', 'snapshots', 'performance', 'log', 'xml'] as const;
export type MachineTab = (typeof machineTabs)[number];

export interface MachineRef {
  readonly uri: string;
  readonly uuid: string;
}

export interface MachineScreenProps {
  readonly machine: MachineRef;
  readonly tab: MachineTab;
}

export type Place =
  | { readonly name: 'machines' | 'bin' | 'create' | 'storage' | 'performance' | 'hosts' }
  | { readonly name: 'settings'; readonly page: string | undefined }
  /** The list, or what `item` names: a view, `new`, or a network by its UUID. */
  | { readonly name: 'networks'; readonly item: string | undefined; readonly tab: string | undefined }
  | { readonly name: 'machine'; readonly machine: MachineRef; readonly tab: MachineTab }
  /** What passes the cable of a machine's card, by its MAC address. */
  | { readonly name: 'capture'; readonly machine: MachineRef; readonly card: string }
  /** A window of its own. */
  | { readonly name: 'console'; readonly machine: MachineRef; readonly alias: string | undefined };

export const paths = {
  machines: '/machines',
  bin: '/bin',
  create: '/create',
  networks: '/networks',
  storage: '/storage',
  performance: '/performance',
  hosts: '/hosts',
  settings: '/settings',
  network: (item: string, tab?: string): string => `/networks/${item}${tab === undefined ? '' : `/${tab}`}`,
  capture: ({ uri, uuid }: MachineRef, card: string): string =>
    `/capture/${encodeURIComponent(uri)}/${uuid}/${encodeURIComponent(card)}`,
  machine: ({ uri, uuid }: MachineRef, tab?: MachineTab): string =>
    `/machine/${encodeURIComponent(uri)}/${uuid}${tab === undefined ? '' : `/${tab}`}`,
} as const;

/** What an address means; the machines when it means nothing. */
export function placeOf(location: string): Place {
  const [path = '', query = ''] = location.split('?', 2);
  const [, name, first, second, third] = path.split('/');
  switch (name) {
    case 'bin':
    case 'create':
    case 'storage':
    case 'performance':
    case 'hosts':
      return { name };
    case 'settings':
      return { name, page: first };
    case 'networks':
      return { name, item: first, tab: second };
    case 'machine': {
      const uri = first === undefined ? undefined : decoded(first);
      if (uri === undefined || second === undefined) break;
      return { name, machine: { uri, uuid: second }, tab: machineTabs.find((tab) => tab === third) ?? 'overview' };
    }
    case 'capture': {
      const [uri, card] = [first, third].map((part) => (part === undefined ? undefined : decoded(part)));
      if (uri === undefined || second === undefined || card === undefined) break;
      return { name, machine: { uri, uuid: second }, card };
    }
    case 'console': {
      const values = new URLSearchParams(query);
      const [uri, uuid] = [values.get('uri'), values.get('uuid')];
      if (uri === null || uuid === null) break;
      return { name, machine: { uri, uuid }, alias: values.get('alias') ?? undefined };
    }
    default:
      break;
  }
  return { name: 'machines' };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

export const currentPlace = (): Place => placeOf(window.location.hash.slice(1));

export function go(path: string): void {
  window.location.hash = path;
}

/** The sections of the rail, in the order of Ctrl+1…. */
export const sections = ['machines', 'networks', 'storage', 'performance', 'hosts'] as const;
export type Section = (typeof sections)[number];

/** Which section a place belongs to. */
export function sectionOf({ name }: Place): Section | 'settings' {
  if (name === 'settings') return name;
  if (name === 'capture') return 'networks';
  return sections.find((section) => section === name) ?? 'machines';
}
