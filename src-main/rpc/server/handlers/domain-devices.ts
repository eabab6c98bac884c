/** Devices that come, go and change; titles, descriptions and applications' metadata. */
import { VirError } from '../../../../src-shared/errors.ts';
import { readXml } from '../../../../src-shared/xml/read.ts';
import { childOf, type XmlElement } from '../../../../src-shared/xml/tree.ts';
import { writeNode } from '../../../../src-shared/xml/write.ts';
import { type Affects, type MetadataSelector, need } from '../../../engine/driver.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { affects, has, onlyFlags, summaryOf } from './shared.ts';

type Change = 'attachDevice' | 'detachDevice' | 'updateDevice';

async function change(
  context: CallContext,
  dom: DomainReference,
  method: Change,
  xml: string,
  about: Affects,
): Promise<void> {
  await summaryOf(context, dom);
  await need(context.domains, method)(dom.uuid, xml, about);
}

/** Without flags the older calls change what runs, and nothing else. */
const live: Affects = { live: true };

/** `VIR_DOMAIN_METADATA_…` */
function selector(type: number, key: string | undefined, uri: string | undefined): MetadataSelector {
  switch (type) {
    case 0:
      return { type: 'description' };
    case 1:
      return { type: 'title' };
    case 2:
      return { type: 'element', uri: uri ?? '', ...(key === undefined ? {} : { prefix: key }) };
    default:
      throw new VirError({ code: 'invalid-arg', domain: 'none', message: `unknown metadata type ${type}` });
  }
}

export const domainDevicesHandlers = {
  domainAttachDevice: async (context, { dom, xml }) => await change(context, dom, 'attachDevice', xml, live),
  domainAttachDeviceFlags: async (context, { dom, xml, flags }) => {
    onlyFlags(flags, 3, 'virDomainAttachDeviceFlags');
    await change(context, dom, 'attachDevice', xml, affects(flags));
  },
  domainDetachDevice: async (context, { dom, xml }) => await change(context, dom, 'detachDevice', xml, live),
  domainDetachDeviceFlags: async (context, { dom, xml, flags }) => {
    onlyFlags(flags, 3, 'virDomainDetachDeviceFlags');
    await change(context, dom, 'detachDevice', xml, affects(flags));
  },
  domainUpdateDeviceFlags: async (context, { dom, xml, flags }) => {
    onlyFlags(flags, 7, 'virDomainUpdateDeviceFlags');
    await change(context, dom, 'updateDevice', xml, affects(flags));
  },
  domainDetachDeviceAlias: async (context, { dom, alias, flags }) => {
    onlyFlags(flags, 3, 'virDomainDetachDeviceAlias');
    const { id } = await summaryOf(context, dom);
    const about = affects(flags);
    const inactive = about.config && !about.live;
    const xml = await context.domains.xml(dom.uuid, { inactive: inactive || id === undefined });
    const device = deviceCalled(readXml(xml), alias);
    if (device === undefined) {
      throw new VirError({ code: 'internal-error', domain: 'qemu', message: `no device found with alias ${alias}` });
    }
    await need(context.domains, 'detachDevice')(dom.uuid, writeNode(device, ''), about);
  },

  domainGetMetadata: async (context, { dom, type, uri, flags }) => {
    onlyFlags(flags, 3, 'virDomainGetMetadata');
    await summaryOf(context, dom);
    const metadata = await need(context.domains, 'metadata')(dom.uuid, selector(type, undefined, uri), affects(flags));
    return { metadata };
  },
  domainSetMetadata: async (context, { dom, type, metadata, key, uri, flags }) => {
    onlyFlags(flags, 3, 'virDomainSetMetadata');
    await summaryOf(context, dom);
    await need(context.domains, 'setMetadata')(dom.uuid, selector(type, key, uri), metadata, affects(flags));
  },

  domainSetMemory: async (context, { dom, memory }) => await setMemory(context, dom, memory, { live: true }),
  domainSetMaxMemory: async (context, { dom, memory }) => await setMemory(context, dom, memory, { maximum: true }),
  domainSetMemoryFlags: async (context, { dom, memory, flags }) => {
    onlyFlags(flags, 7, 'virDomainSetMemoryFlags');
    await setMemory(context, dom, memory, { ...affects(flags), maximum: has(flags, 4) });
  },
  domainSetVcpus: async (context, { dom, nvcpus }) => await setVcpus(context, dom, nvcpus, { live: true }),
  domainSetVcpusFlags: async (context, { dom, nvcpus, flags }) => {
    onlyFlags(flags, 31, 'virDomainSetVcpusFlags');
    await setVcpus(context, dom, nvcpus, { ...affects(flags), maximum: has(flags, 4), guest: has(flags, 8) });
  },
} satisfies RemoteHandlers;

async function setMemory(
  context: CallContext,
  dom: DomainReference,
  kiB: bigint,
  about: Affects & { readonly maximum?: boolean },
): Promise<void> {
  await summaryOf(context, dom);
  await need(context.domains, 'setMemory')(dom.uuid, Number(kiB), about);
}

async function setVcpus(
  context: CallContext,
  dom: DomainReference,
  count: number,
  about: Affects & { readonly maximum?: boolean; readonly guest?: boolean },
): Promise<void> {
  await summaryOf(context, dom);
  if (count === 0)
    throw new VirError({ code: 'invalid-arg', domain: 'none', message: 'nvcpus must be greater than zero' });
  await need(context.domains, 'setVcpus')(dom.uuid, count, about);
}

function deviceCalled(domain: XmlElement, alias: string): XmlElement | undefined {
  const devices = childOf(domain, 'devices')?.children ?? [];
  return devices.find(
    (node): node is XmlElement => node.kind === 'element' && childOf(node, 'alias')?.attributes['name'] === alias,
  );
}
