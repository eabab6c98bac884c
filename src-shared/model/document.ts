/** Any of libvirt's XML documents, known by its root element: what `vivarium xml` and the editor work on. */
import { formatXml } from '../xml/format.ts';
import { type XmlIssue, XmlError } from '../xml/issue.ts';
import { inspectElement } from '../xml/parse.ts';
import { readDocument, type XmlDocument } from '../xml/read.ts';
import type { AnySchema } from '../xml/schema.ts';
import type { XmlComment, XmlElement } from '../xml/tree.ts';
import { capabilitiesSchema } from './capabilities.ts';
import { checkpointSchema } from './checkpoint.ts';
import { cpuSchema } from './domain/cpu.ts';
import { devicesSchema } from './domain/devices.ts';
import { domainSchema } from './domain/domain.ts';
import { domainCapabilitiesSchema } from './domain-capabilities.ts';
import { hostInterfaceSchema } from './host-interface.ts';
import { networkSchema } from './network.ts';
import { nodeDeviceSchema } from './node-device.ts';
import { nwfilterSchema } from './nwfilter.ts';
import { secretSchema } from './secret.ts';
import { snapshotSchema } from './snapshot.ts';
import { storagePoolSchema } from './storage-pool.ts';
import { storageVolumeSchema } from './storage-volume.ts';

export interface DocumentKind {
  /** libvirt's word for the object: `domain`, `storage pool`; a part of a domain goes by its element. */
  readonly kind: string;
  readonly schema: AnySchema;
}

const objects: readonly DocumentKind[] = [
  { kind: 'domain', schema: domainSchema },
  { kind: 'network', schema: networkSchema },
  { kind: 'storage pool', schema: storagePoolSchema },
  { kind: 'storage volume', schema: storageVolumeSchema },
  { kind: 'snapshot', schema: snapshotSchema },
  { kind: 'checkpoint', schema: checkpointSchema },
  { kind: 'network filter', schema: nwfilterSchema },
  { kind: 'node device', schema: nodeDeviceSchema },
  { kind: 'secret', schema: secretSchema },
  { kind: 'capabilities', schema: capabilitiesSchema },
  { kind: 'domain capabilities', schema: domainCapabilitiesSchema },
  { kind: 'cpu', schema: cpuSchema },
];

const objectByRoot = new Map(objects.map((object) => [object.schema.name, object]));

/** A host's interface and a domain's network card have the same name; only the first has names and these types. */
const isOfHost = ({ attributes: { name, type } }: XmlElement): boolean =>
  name !== undefined || type === 'bond' || type === 'vlan';

/** Which object a document is; `undefined` when its root element is none of libvirt's. */
export function documentKind(root: XmlElement): DocumentKind | undefined {
  if (root.name === 'interface' && isOfHost(root)) return { kind: 'host interface', schema: hostInterfaceSchema };
  const object = objectByRoot.get(root.name);
  if (object !== undefined) return object;
  const device = devicesSchema.compiled.childByName.get(root.name)?.spec;
  if (device?.kind !== 'child' && device?.kind !== 'children') return undefined;
  return { kind: root.name, schema: device.schema() };
}

export interface CheckedDocument {
  /** `undefined` for a document that can't be read or is not one of libvirt's. */
  readonly kind: string | undefined;
  readonly issues: readonly XmlIssue[];
  /** The document as libvirt would lay it out; only when there is no issue. */
  readonly formatted: string | undefined;
}

/** Reads a document of any kind and says everything that is wrong with it. */
export function checkDocument(text: string): CheckedDocument {
  let document: XmlDocument;
  try {
    document = readDocument(text);
  } catch (error) {
    if (error instanceof XmlError) return { kind: undefined, issues: error.issues, formatted: undefined };
    throw error;
  }
  const { root, before, after } = document;
  const known = documentKind(root);
  if (known === undefined) {
    const message = `<${root.name}> is none of libvirt's objects.`;
    return {
      kind: undefined,
      issues: [{ path: `/${root.name}`, line: root.line, column: root.column, message }],
      formatted: undefined,
    };
  }
  const { value, issues } = inspectElement(known.schema, root);
  const isSound = value !== undefined && issues.length === 0;
  const formatted = isSound ? comments(before) + formatXml(known.schema, value) + comments(after) : undefined;
  return { kind: known.kind, issues, formatted };
}

const comments = (list: readonly XmlComment[]): string => list.map(({ text }) => `<!--${text}-->\n`).join('');
