/**
 * What applications keep in a domain's `<metadata>`: one element a namespace. This file knows Vivarium's own (folder and
 * tags) and libosinfo's (which operating system is installed), and how any other one is read, put in and taken out.
 */
import { readXml } from '../xml/read.ts';
import { makeElement, textOf, type XmlElement, type XmlNode } from '../xml/tree.ts';
import { writeNode } from '../xml/write.ts';

export const vivariumNamespace = 'https://vivarium.github.io/xmlns/domain/1';
export const libosinfoNamespace = 'http://libosinfo.org/xmlns/libvirt/domain/1.0';

/** Where a machine is kept and what it is marked with. */
export interface Organisation {
  /** A path such as `lab/web`; absent when it is in no folder. */
  readonly folder?: string;
  readonly tags: readonly string[];
}

type Metadata = XmlElement | undefined;

export function readOrganisation(metadata: Metadata): Organisation {
  const machine = findNamespace(metadata, vivariumNamespace);
  if (machine === undefined) return { tags: [] };
  let folder: string | undefined;
  const tags: string[] = [];
  for (const node of machine.children) {
    if (node.kind !== 'element') continue;
    const text = textOf(node).trim();
    if (text === '') continue;
    const name = localName(node.name);
    if (name === 'folder') folder ??= normaliseFolder(text);
    else if (name === 'tag' && !tags.includes(text)) tags.push(text);
  }
  return { ...(folder === undefined || folder === '' ? {} : { folder }), tags };
}

/** The metadata with another folder and other tags; what else our element holds stays. Undefined when nothing is left. */
export function withOrganisation(metadata: Metadata, organisation: Organisation): Metadata {
  const old = findNamespace(metadata, vivariumNamespace);
  const foreign = (old?.children ?? []).filter(
    (node) => node.kind !== 'text' && !(node.kind === 'element' && ['folder', 'tag'].includes(localName(node.name))),
  );
  const prefix = old === undefined ? 'vivarium' : prefixOf(old.name);
  const leaf = (name: string, text: string): XmlElement =>
    makeElement(qualified(prefix, name), {}, [{ kind: 'text', text }]);
  const folder = normaliseFolder(organisation.folder ?? '');
  const children: XmlNode[] = [
    ...(folder === '' ? [] : [leaf('folder', folder)]),
    ...[...new Set(organisation.tags)].map((tag) => leaf('tag', tag)),
    ...foreign,
  ];
  if (children.length === 0) return replaceNamespace(metadata, vivariumNamespace, undefined);
  const attributes = old?.attributes ?? { [`xmlns:${prefix}`]: vivariumNamespace };
  const machine = makeElement(old?.name ?? qualified(prefix, 'machine'), attributes, children);
  return replaceNamespace(metadata, vivariumNamespace, machine);
}

/** `/lab//web/` is `lab/web`. */
export function normaliseFolder(path: string): string {
  return path
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('/');
}

/** The id of the operating system as osinfo-db names it (`http://debian.org/debian/12`). */
export function readOsId(metadata: Metadata): string | undefined {
  const root = findNamespace(metadata, libosinfoNamespace);
  for (const node of root?.children ?? []) {
    if (node.kind === 'element' && localName(node.name) === 'os') return node.attributes['id'];
  }
  return undefined;
}

export function withOsId(metadata: Metadata, osId: string | undefined): Metadata {
  const element =
    osId === undefined
      ? undefined
      : makeElement('libosinfo:libosinfo', { 'xmlns:libosinfo': libosinfoNamespace }, [
          makeElement('libosinfo:os', { id: osId }),
        ]);
  return replaceNamespace(metadata, libosinfoNamespace, element);
}

/**
 * The element of a namespace as `virDomainGetMetadata` gives it: without the prefix and without its declaration.
 */
export function extractNamespace(metadata: Metadata, uri: string): string | undefined {
  const found = findNamespace(metadata, uri);
  if (found === undefined) return undefined;
  const prefix = prefixOf(found.name);
  const bare = (element: XmlElement, isRoot: boolean): XmlElement =>
    makeElement(
      prefixOf(element.name) === prefix ? localName(element.name) : element.name,
      Object.fromEntries(
        Object.entries(element.attributes).filter(([name, value]) => !(isRoot && isDeclaration(name) && value === uri)),
      ),
      element.children.map((node) => (node.kind === 'element' ? bare(node, false) : node)),
    );
  return writeNode(bare(found, true), '', '"').trimEnd();
}

/**
 * Puts an application's element in, in its namespace, as `virDomainSetMetadata` does: it gets the prefix, and so does
 * everything inside that has none. `xml` undefined takes the element out.
 * @throws XmlError when `xml` is not one element.
 */
export function setNamespace(metadata: Metadata, uri: string, prefix: string, xml: string | undefined): Metadata {
  if (xml === undefined) return replaceNamespace(metadata, uri, undefined);
  const prefixed = (element: XmlElement, isRoot: boolean): XmlElement =>
    makeElement(
      element.name.includes(':') ? element.name : `${prefix}:${element.name}`,
      isRoot ? { [`xmlns:${prefix}`]: uri, ...element.attributes } : element.attributes,
      element.children.map((node) => (node.kind === 'element' ? prefixed(node, false) : node)),
    );
  return replaceNamespace(metadata, uri, prefixed(readXml(xml), true));
}

/** The element of `<metadata>` that is in this namespace. */
export function findNamespace(metadata: Metadata, uri: string): XmlElement | undefined {
  for (const node of metadata?.children ?? []) {
    if (node.kind === 'element' && namespaceOf(node, metadata) === uri) return node;
  }
  return undefined;
}

function replaceNamespace(metadata: Metadata, uri: string, element: XmlElement | undefined): Metadata {
  const others = (metadata?.children ?? []).filter(
    (node) => !(node.kind === 'element' && namespaceOf(node, metadata) === uri),
  );
  const children = element === undefined ? others : [...others, element];
  if (!children.some((node) => node.kind !== 'text' || node.text.trim() !== '')) return undefined;
  return { ...(metadata ?? makeElement('metadata')), children };
}

/** A prefix is declared on the element itself or on `<metadata>`; libvirt writes it on the element. */
function namespaceOf(element: XmlElement, metadata: Metadata): string | undefined {
  const prefix = prefixOf(element.name);
  const declaration = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
  return element.attributes[declaration] ?? metadata?.attributes[declaration];
}

const isDeclaration = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:');
const prefixOf = (name: string): string => (name.includes(':') ? name.slice(0, name.indexOf(':')) : '');
const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
const qualified = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}:${name}`);
