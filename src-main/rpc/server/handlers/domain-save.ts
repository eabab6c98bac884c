/** Saving domains to files, and bringing them back. */
import { VirError } from '../../../../src-shared/errors.ts';
import { need } from '../../../engine/driver.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { has, method, onlyFlags } from './shared.ts';
import { valuesOf } from './typed-params.ts';

/** `virDomainSaveRestoreFlags`; `resetNvram` has no meaning without NVRAM of its own, which stays where it is. */
const saveFlags = { bypassCache: 1, running: 2, paused: 4, resetNvram: 8 } as const;
const everySaveFlag = 15;
/** `VIR_DOMAIN_SAVE_IMAGE_XML_SECURE`. */
const xmlSecure = 1;

/** How a saved guest is to go on: as it was unless told. */
function running(flags: number, where: string): { readonly running?: boolean } {
  onlyFlags(flags, everySaveFlag, where);
  const [runs, waits] = [has(flags, saveFlags.running), has(flags, saveFlags.paused)];
  if (runs && waits) {
    const message = `running and paused flags in ${where} are mutually exclusive`;
    throw new VirError({ code: 'invalid-arg', domain: 'none', message });
  }
  return runs ? { running: true } : waits ? { running: false } : {};
}

async function save(context: CallContext, dom: DomainReference, path: string, flags: number): Promise<void> {
  const how = running(flags, 'virDomainSaveFlags');
  await (await method(context, dom, 'save'))(dom.uuid, path, how).result;
}

async function managedSave(context: CallContext, dom: DomainReference, flags: number): Promise<void> {
  const how = running(flags, 'virDomainManagedSave');
  await (await method(context, dom, 'managedSave'))(dom.uuid, how).result;
}

async function restore({ domains }: CallContext, path: string, xml: string | undefined, flags: number): Promise<void> {
  const how = running(flags, 'virDomainRestoreFlags');
  await need(domains, 'restore')(path, { ...how, ...(xml === undefined ? {} : { xml }) }).result;
}

const unsupportedParameter = (name: string): VirError =>
  new VirError({ code: 'argument-unsupported', domain: 'qemu', message: `the parameter '${name}' is not supported` });

export const domainSaveHandlers = {
  domainSave: async (context, { dom, to }) => await save(context, dom, to, 0),
  domainSaveFlags: async (context, { dom, to, dxml, flags }) => {
    if (dxml !== undefined) throw unsupportedParameter('dxml');
    await save(context, dom, to, flags);
  },
  domainSaveParams: async (context, { dom, params, flags }) => {
    const values = valuesOf(params);
    if (values.has('dxml')) throw unsupportedParameter('dxml');
    const path = values.get('file');
    // Without a file it is a managed save.
    if (typeof path === 'string') await save(context, dom, path, flags);
    else await managedSave(context, dom, flags);
  },

  domainRestore: async (context, { from }) => await restore(context, from, undefined, 0),
  domainRestoreFlags: async (context, { from, dxml, flags }) => await restore(context, from, dxml, flags),
  domainRestoreParams: async (context, { params, flags }) => {
    const values = valuesOf(params);
    const [from, xml] = [values.get('file'), values.get('dxml')];
    if (typeof from !== 'string') {
      throw new VirError({ code: 'invalid-arg', domain: 'none', message: 'missing path to restore from' });
    }
    await restore(context, from, typeof xml === 'string' ? xml : undefined, flags);
  },
  domainSaveImageGetXmlDesc: async ({ domains, requireWrite }, { file, flags }) => {
    onlyFlags(flags, xmlSecure, 'virDomainSaveImageGetXMLDesc');
    requireWrite('virDomainSaveImageGetXMLDesc');
    return { xml: await need(domains, 'saveImageXml')(file, { secure: has(flags, xmlSecure) }) };
  },

  domainManagedSave: async (context, { dom, flags }) => await managedSave(context, dom, flags),
  domainManagedSaveRemove: async (context, { dom, flags }) => {
    onlyFlags(flags, 0, 'virDomainManagedSaveRemove');
    await (await method(context, dom, 'managedSaveRemove'))(dom.uuid);
  },
  domainManagedSaveGetXmlDesc: async (context, { dom, flags }) => {
    onlyFlags(flags, xmlSecure, 'virDomainManagedSaveGetXMLDesc');
    if (has(flags, xmlSecure)) context.requireWrite('virDomainManagedSaveGetXMLDesc');
    return { xml: await (await method(context, dom, 'managedSaveXml'))(dom.uuid, { secure: has(flags, xmlSecure) }) };
  },
} satisfies RemoteHandlers;
