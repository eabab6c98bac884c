import type { Extra } from '../../../../src-shared/xml/tree.ts';
import { say } from '../../../../src-shared/words.ts';
import { unsupported } from './errors.ts';
import type { CompleteDomain, Pass } from './types.ts';

/** Sections whose unknown content has no bearing on the hardware, or belongs to others. */
const ignored = new Set(['metadata', 'seclabel', 'title', 'description']);

/** `<protocol type='raw'/>` is often written for character devices that speak no protocol. */
const meaningless = new Set(['protocol']);

/**
 * A machine is not started with less than its definition asks for: whatever the definition holds that nothing here
 * knows is refused by name. It stays in the XML.
 */
export const refuseUnsupported: Pass = (domain) => {
  walk(domain, '/domain', domain);
};

function walk(value: unknown, path: string, domain: CompleteDomain): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    value.forEach((item, place) => {
      walk(item, value.length > 1 ? `${path}[${place + 1}]` : path, domain);
    });
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '_extra') refuseExtra(item as Extra, path, domain);
    else if (!ignored.has(key)) walk(item, `${path}/${key}`, domain);
  }
}

function refuseExtra(extra: Extra, path: string, { name }: CompleteDomain): void {
  for (const attribute in extra.attributes) {
    if (attribute.startsWith('xmlns')) continue;
    throw unsupported(say`Domain '${name}' can't be started: the attribute ${path}/@${attribute} is not supported.`);
  }
  for (const { node } of extra.nodes ?? []) {
    if (node.kind !== 'element' || node.name.includes(':') || meaningless.has(node.name)) continue;
    throw unsupported(say`Domain '${name}' can't be started: the element ${path}/${node.name} is not supported.`);
  }
}
