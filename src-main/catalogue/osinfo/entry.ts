/** What is kept of an operating system's definition: plain data, for the index in the cache. */
import { childOf, textOf, type XmlElement } from '../../../src-shared/xml/tree.ts';

export interface OsEntry {
  readonly id: string;
  /** The first is the usual one. */
  readonly shortIds: readonly string[];
  readonly name: string;
  readonly version?: string;
  readonly family?: string;
  readonly distro?: string;
  readonly releaseDate?: string;
  readonly eolDate?: string;
  /** `rolling`, `prerelease`, `snapshot`; absent when it is released. */
  readonly releaseStatus?: string;
  /** What it inherits devices and resources from. */
  readonly parents: readonly string[];
  readonly devices: readonly { readonly id: string; readonly supported: boolean }[];
  readonly firmware: readonly { readonly arch: string; readonly type: string; readonly supported: boolean }[];
  readonly resources: readonly OsResourcesEntry[];
  readonly media: readonly MediaRule[];
  readonly trees: readonly TreeRule[];
}

export interface Amounts {
  readonly cpus?: number;
  readonly ramBytes?: number;
  readonly storageBytes?: number;
}

export interface OsResourcesEntry {
  readonly arch: string;
  /** What is absent comes from the parents. */
  readonly inherit: boolean;
  readonly minimum: Amounts;
  readonly recommended: Amounts;
}

/** How an install medium is recognised: regular expressions, and the exact size of its volume. */
export interface MediaRule {
  readonly arch: string;
  readonly volumeId?: string;
  readonly systemId?: string;
  readonly publisherId?: string;
  readonly applicationId?: string;
  readonly volumeSize?: number;
}

/** How an install tree is recognised by its `.treeinfo`. */
export interface TreeRule {
  readonly arch?: string;
  readonly family?: string;
  readonly variant?: string;
  readonly version?: string;
}

/** The definitions in one file's tree. */
export function osEntries(root: XmlElement): readonly OsEntry[] {
  return elements(root, 'os').flatMap((os) => {
    const id = os.attributes['id'];
    return id === undefined ? [] : [osEntry(id, os)];
  });
}

function osEntry(id: string, os: XmlElement): OsEntry {
  const word = (name: string): string | undefined => elements(os, name).map(textOf)[0]?.trim();
  const named = elements(os, 'name').find((element) => element.attributes['xml:lang'] === undefined);
  return {
    id,
    shortIds: elements(os, 'short-id').map((element) => textOf(element).trim()),
    name: named === undefined ? id : textOf(named).trim(),
    ...given('version', word('version')),
    ...given('family', word('family')),
    ...given('distro', word('distro')),
    ...given('releaseDate', word('release-date')),
    ...given('eolDate', word('eol-date')),
    ...given('releaseStatus', word('release-status')),
    parents: [...elements(os, 'derives-from'), ...elements(os, 'clones')].flatMap(
      (element) => element.attributes['id'] ?? [],
    ),
    devices: elements(os, 'devices')
      .flatMap((devices) => elements(devices, 'device'))
      .flatMap((device) => {
        const deviceId = device.attributes['id'];
        return deviceId === undefined ? [] : [{ id: deviceId, supported: isSupported(device) }];
      }),
    firmware: elements(os, 'firmware').map((element) => ({
      arch: element.attributes['arch'] ?? 'all',
      type: element.attributes['type'] ?? '',
      supported: isSupported(element),
    })),
    resources: elements(os, 'resources').map((element) => ({
      arch: element.attributes['arch'] ?? 'all',
      inherit: element.attributes['inherit'] === 'true',
      minimum: amounts(childOf(element, 'minimum')),
      recommended: amounts(childOf(element, 'recommended')),
    })),
    media: elements(os, 'media').flatMap(mediaRule),
    trees: elements(os, 'tree').flatMap(treeRule),
  };
}

const isSupported = (element: XmlElement): boolean => element.attributes['supported'] !== 'false';

function amounts(element: XmlElement | undefined): Amounts {
  const amount = (name: string): number | undefined => {
    const child = element === undefined ? undefined : childOf(element, name);
    const value = child === undefined ? Number.NaN : Number(textOf(child).trim());
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  };
  return {
    ...given('cpus', amount('n-cpus')),
    ...given('ramBytes', amount('ram')),
    ...given('storageBytes', amount('storage')),
  };
}

function mediaRule(element: XmlElement): MediaRule[] {
  const iso = childOf(element, 'iso');
  if (iso === undefined) return [];
  const text = (name: string): string | undefined => {
    const child = childOf(iso, name);
    return child === undefined ? undefined : textOf(child);
  };
  const size = Number(text('volume-size')?.trim());
  const rule: MediaRule = {
    arch: element.attributes['arch'] ?? 'all',
    ...given('volumeId', text('volume-id')),
    ...given('systemId', text('system-id')),
    ...given('publisherId', text('publisher-id')),
    ...given('applicationId', text('application-id')),
    ...given('volumeSize', Number.isSafeInteger(size) && size > 0 ? size : undefined),
  };
  // A rule without a condition would match everything.
  return Object.keys(rule).length > 1 ? [rule] : [];
}

function treeRule(element: XmlElement): TreeRule[] {
  const treeinfo = childOf(element, 'treeinfo');
  if (treeinfo === undefined) return [];
  const text = (name: string): string | undefined => {
    const child = childOf(treeinfo, name);
    return child === undefined ? undefined : textOf(child).trim();
  };
  const rule: TreeRule = {
    ...given('arch', text('arch')),
    ...given('family', text('family')),
    ...given('variant', text('variant')),
    ...given('version', text('version')),
  };
  return Object.keys(rule).length > 0 ? [rule] : [];
}

/** The definition with what an extension file adds. */
export function extend(base: OsEntry, extra: OsEntry): OsEntry {
  return {
    ...base,
    ...extra,
    name: extra.name === extra.id ? base.name : extra.name,
    shortIds: [...base.shortIds, ...extra.shortIds],
    parents: [...base.parents, ...extra.parents],
    devices: [...base.devices, ...extra.devices],
    firmware: [...base.firmware, ...extra.firmware],
    resources: [...base.resources, ...extra.resources],
    media: [...base.media, ...extra.media],
    trees: [...base.trees, ...extra.trees],
  };
}

function elements(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((node): node is XmlElement => node.kind === 'element' && node.name === name);
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
