import type { XmlElement, XmlNode } from './tree.ts';

/**
 * The same tree with the prefixes a schema uses: whatever prefix (or default namespace) a document binds to one of
 * the `known` URIs, its elements come out as `prefix:name`. The declarations themselves are dropped, since formatting
 * writes them where they are needed. Foreign namespaces stay as they are, unless they use one of our prefixes: those
 * get an underscore behind it.
 *
 * Returns `root` itself when there is nothing to rename.
 */
export function canonicalPrefixes(root: XmlElement, known: Readonly<Record<string, string>>): XmlElement {
  if (!declaresNamespace(root)) return root;
  const prefixOf = new Map(Object.entries(known).map(([prefix, uri]) => [uri, prefix]));
  return rename(root, new Map(), prefixOf, new Set(Object.keys(known))) as XmlElement;
}

function declaresNamespace(element: XmlElement): boolean {
  for (const name in element.attributes) if (name.startsWith('xmlns')) return true;
  for (const child of element.children) if (child.kind === 'element' && declaresNamespace(child)) return true;
  return false;
}

/** `scope` maps a document's prefix (`''`: the default namespace) to ours; other bindings in scope map to nothing. */
function rename(
  node: XmlNode,
  scope: ReadonlyMap<string, string | undefined>,
  prefixOf: ReadonlyMap<string, string>,
  ourPrefixes: ReadonlySet<string>,
): XmlNode {
  if (node.kind !== 'element') return node;
  let inner = scope;
  const attributes: Record<string, string> = {};
  for (const name in node.attributes) {
    const value = node.attributes[name] ?? '';
    const declared = name === 'xmlns' ? '' : name.startsWith('xmlns:') ? name.slice(6) : undefined;
    if (declared === undefined) {
      attributes[name] = value;
      continue;
    }
    let ours = prefixOf.get(value);
    if (ours === undefined) {
      if (ourPrefixes.has(declared)) ours = `${declared}_`;
      attributes[ours === undefined ? name : `xmlns:${ours}`] = value;
    }
    inner = new Map(inner).set(declared, ours);
  }
  const children = node.children.map((child) => rename(child, inner, prefixOf, ourPrefixes));
  if (inner.size === 0) return { ...node, children };
  const renamed: Record<string, string> = {};
  for (const name in attributes) {
    renamed[name.startsWith('xmlns') ? name : mapName(name, inner, false)] = attributes[name] ?? '';
  }
  return { ...node, name: mapName(node.name, inner, true), attributes: renamed, children };
}

function mapName(name: string, scope: ReadonlyMap<string, string | undefined>, isElement: boolean): string {
  const colon = name.indexOf(':');
  if (colon < 0 && !isElement) return name;
  const ours = scope.get(colon < 0 ? '' : name.slice(0, colon));
  return ours === undefined ? name : `${ours}:${name.slice(colon + 1)}`;
}

/** The declarations the written `body` needs, as attributes of its root. */
export function namespaceDeclarations(body: string, known: Readonly<Record<string, string>>): string {
  let out = '';
  for (const prefix in known) {
    if (body.includes(`<${prefix}:`) || body.includes(` ${prefix}:`)) out += ` xmlns:${prefix}='${known[prefix]}'`;
  }
  return out;
}
