/** What the user has said so far, and the whole specification it makes with what the system recommends. Pure. */
import type { Creation, MediumInfo, OsResources } from '../../../src-shared/contract/create.ts';

export const sourceTypes = ['iso', 'disk', 'cloud', 'url', 'empty', 'small-linux'] as const;
export type SourceType = (typeof sourceTypes)[number];

export type Forward = Creation['forwards'][number];
type Disk = NonNullable<Creation['disk']>;

/** Absent fields follow the recommendation. */
export interface Draft {
  /** The host it is made on. */
  readonly uri: string | undefined;
  readonly source: SourceType;
  readonly path: string;
  readonly url: string;
  /** Whether an existing disk is used where it is. */
  readonly mode: 'reference' | 'copy';
  /** What was found at `path`. */
  readonly medium: MediumInfo | undefined;
  /** Chosen by hand; otherwise what the medium says. */
  readonly osId: string | undefined;
  readonly name: string | undefined;
  readonly title: string;
  readonly startNow: boolean;
  readonly memoryKiB: number | undefined;
  readonly vcpus: number | undefined;
  readonly machine: Creation['machine'] | undefined;
  readonly firmware: Creation['firmware'] | undefined;
  readonly tpm: boolean | undefined;
  readonly newDisk: boolean | undefined;
  readonly diskBytes: number | undefined;
  readonly diskFormat: Disk['format'];
  readonly diskBus: Disk['bus'] | undefined;
  readonly pool: string | undefined;
  readonly network: Creation['network'];
  readonly netModel: string | undefined;
  readonly forwards: readonly Forward[];
  readonly graphics: Creation['graphics'] | undefined;
  readonly video: Creation['video'] | undefined;
  readonly sound: string | undefined;
}

export const emptyDraft: Draft = {
  uri: undefined,
  source: 'iso',
  path: '',
  url: '',
  mode: 'reference',
  medium: undefined,
  osId: undefined,
  name: undefined,
  title: '',
  startNow: true,
  memoryKiB: undefined,
  vcpus: undefined,
  machine: undefined,
  firmware: undefined,
  tpm: undefined,
  newDisk: undefined,
  diskBytes: undefined,
  diskFormat: 'qcow2',
  diskBus: undefined,
  pool: undefined,
  network: 'user',
  netModel: undefined,
  forwards: [],
  graphics: undefined,
  video: undefined,
  sound: undefined,
};

export const needsFile = (source: SourceType): boolean => source === 'iso' || source === 'disk' || source === 'cloud';

/** A file that was dropped or found decides what kind of source it is, unless it fits the one chosen. */
export function sourceFor(medium: MediumInfo, chosen: SourceType): SourceType {
  if (medium.kind === 'iso') return 'iso';
  if (medium.kind === 'disk') return chosen === 'cloud' ? 'cloud' : 'disk';
  return chosen;
}

/** The operating system in force: chosen by hand, or recognised. */
export const osOf = (draft: Draft): string | undefined =>
  draft.osId ?? (needsFile(draft.source) ? draft.medium?.os?.id : undefined);

/** Whether there is a new disk: an install needs one, an image brings its own. */
export function hasNewDisk(draft: Draft): boolean {
  return draft.newDisk ?? (draft.source === 'iso' || draft.source === 'url' || draft.source === 'empty');
}

export type Missing = 'path' | 'url' | 'name' | 'medium';

/** What must be said before a machine can be made. */
export function missing(draft: Draft, name: string): readonly Missing[] {
  const found: Missing[] = [];
  if (needsFile(draft.source) && draft.path === '') found.push('path');
  if (draft.source === 'url' && !URL.canParse(draft.url)) found.push('url');
  const unreadable = draft.medium?.kind === 'unknown';
  if (needsFile(draft.source) && draft.path !== '' && (draft.medium === undefined || unreadable)) found.push('medium');
  if (name === '') found.push('name');
  return found;
}

export interface Defaults {
  readonly uri: string;
  readonly resources: OsResources;
  readonly suggestedName: string;
  readonly graphics: 'spice' | 'vnc';
}

/** Every figure and device, chosen or recommended; what the summary shows. */
export function completed(draft: Draft, defaults: Defaults): Omit<Creation, 'source'> {
  const { resources } = defaults;
  const graphics = draft.graphics ?? defaults.graphics;
  const sound = draft.sound ?? resources.sound;
  const osId = osOf(draft);
  const small = draft.source === 'small-linux';
  return {
    uri: defaults.uri,
    name: draft.name ?? defaults.suggestedName,
    ...(osId === undefined ? {} : { osId }),
    memoryKiB: draft.memoryKiB ?? (small ? 256 * 1024 : resources.memoryKiB),
    vcpus: draft.vcpus ?? (small ? 1 : resources.vcpus),
    firmware: draft.firmware ?? resources.firmware,
    tpm: draft.tpm ?? resources.tpm,
    machine: draft.machine ?? resources.machine,
    ...(hasNewDisk(draft)
      ? {
          disk: {
            sizeBytes: draft.diskBytes ?? resources.diskBytes,
            format: draft.diskFormat,
            bus: draft.diskBus ?? resources.diskBus,
            ...(draft.pool === undefined ? {} : { pool: draft.pool }),
          },
        }
      : {}),
    network: draft.network,
    netModel: draft.netModel ?? resources.netModel,
    forwards: draft.network === 'user' ? [...draft.forwards] : [],
    graphics,
    video: graphics === 'none' ? 'none' : (draft.video ?? videoOf(resources.video)),
    ...(sound === undefined || sound === 'none' || graphics === 'none' ? {} : { sound }),
    ...(draft.title === '' ? {} : { title: draft.title }),
    startNow: draft.startNow,
  };
}

const videos: readonly Creation['video'][] = ['virtio', 'qxl', 'vga', 'bochs', 'none'];

const videoOf = (recommended: string): Creation['video'] => videos.find((video) => video === recommended) ?? 'virtio';

/** The specification; undefined while something is missing. */
export function creationOf(draft: Draft, defaults: Defaults): Creation | undefined {
  const rest = completed(draft, defaults);
  if (missing(draft, rest.name).length > 0) return undefined;
  const source = sourceOf(draft);
  return source === undefined ? undefined : { ...rest, source };
}

function sourceOf({ source, path, url, mode, medium }: Draft): Creation['source'] | undefined {
  switch (source) {
    case 'iso':
      return { type: 'iso', path };
    case 'disk':
      return medium === undefined ? undefined : { type: 'disk', path, format: medium.format, mode };
    case 'cloud':
      return medium === undefined ? undefined : { type: 'cloud', path, format: medium.format };
    case 'url':
      return { type: 'url', url };
    case 'empty':
    case 'small-linux':
      return { type: source };
  }
}

/** What a name is made of: the operating system's short id, or the file's name. */
export function nameBase(draft: Draft, resources: OsResources | undefined): string {
  if (draft.source === 'small-linux') return 'small-linux';
  if (osOf(draft) !== undefined && resources !== undefined) return resources.os.shortId;
  const file = needsFile(draft.source) ? draft.path.split('/').at(-1) : undefined;
  const stem = file
    ?.replace(/\.[a-z0-9]+$/i, '')
    .replaceAll(/[^a-zA-Z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return stem === undefined || stem === '' ? 'machine' : stem.slice(0, 64).toLowerCase();
}
