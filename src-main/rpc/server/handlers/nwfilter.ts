/** Network filters and their bindings. A driver without them has none: lists are empty, and looking one up says so. */
import { VirError } from '../../../../src-shared/errors.ts';
import { need } from '../../../engine/driver.ts';
import type { NwfilterApi, NwfilterBindingSummary, NwfilterSummary } from '../../../engine/nwfilter-api.ts';
import type { NwfilterBindingReference, NwfilterReference } from '../../protocol/objects.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { atMost, counted, onlyFlags } from './shared.ts';

/** `VIR_NWFILTER_DEFINE_VALIDATE`, `VIR_NWFILTER_BINDING_CREATE_VALIDATE` */
const validate = 1;

const reference = ({ name, uuid }: NwfilterSummary): NwfilterReference => ({ name, uuid });
const bindingReference = ({ portDev, filterName }: NwfilterBindingSummary): NwfilterBindingReference => ({
  portdev: portDev,
  filtername: filterName,
});

const none = (what: string): VirError =>
  new VirError({ code: 'no-nwfilter', domain: 'nwfilter', message: `no nwfilter with matching ${what}` });
const noBinding = (name: string): VirError =>
  new VirError({
    code: 'no-nwfilter-binding',
    domain: 'nwfilter',
    message: `no nwfilter binding for port dev '${name}'`,
  });

const list = async ({ connection }: CallContext): Promise<readonly NwfilterSummary[]> =>
  (await connection.nwfilters?.list()) ?? [];

const bindings = async ({ connection }: CallContext): Promise<readonly NwfilterBindingSummary[]> =>
  (await connection.nwfilters?.bindings?.()) ?? [];

async function lookup(context: CallContext, uuid: string): Promise<NwfilterSummary> {
  const found = (await list(context)).find((filter) => filter.uuid === uuid);
  if (found === undefined) throw none(`uuid '${uuid}'`);
  return found;
}

async function lookupBinding(context: CallContext, name: string): Promise<NwfilterBindingSummary> {
  const found = (await bindings(context)).find(({ portDev }) => portDev === name);
  if (found === undefined) throw noBinding(name);
  return found;
}

const method = <K extends keyof NwfilterApi & string>(
  { connection }: CallContext,
  name: K,
): NonNullable<NwfilterApi[K]> => need<NwfilterApi, K>(connection.nwfilters, name);

const define = async (context: CallContext, xml: string): Promise<{ readonly nwfilter: NwfilterReference }> => ({
  nwfilter: reference(await method(context, 'define')(xml, { author: context.session.author })),
});

export const nwfilterHandlers = {
  connectListAllNwfilters: async (context, { needResults, flags }) => {
    onlyFlags(flags, 0, 'virConnectListAllNWFilters');
    const { items, count } = counted(needResults, (await list(context)).map(reference));
    return { filters: items, ret: count };
  },
  connectNumOfNwfilters: async (context) => ({ num: (await list(context)).length }),
  connectListNwfilters: async (context, { maxnames }) => ({
    names: atMost(
      (await list(context)).map(({ name }) => name),
      maxnames,
    ),
  }),

  nwfilterLookupByName: async (context, { name }) => {
    const found = (await list(context)).find((filter) => filter.name === name);
    if (found === undefined) throw none(`name '${name}'`);
    return { nwfilter: reference(found) };
  },
  nwfilterLookupByUuid: async (context, { uuid }) => ({ nwfilter: reference(await lookup(context, uuid)) }),

  nwfilterGetXmlDesc: async (context, { nwfilter, flags }) => {
    onlyFlags(flags, 0, 'virNWFilterGetXMLDesc');
    await lookup(context, nwfilter.uuid);
    return { xml: await method(context, 'xml')(nwfilter.uuid) };
  },
  nwfilterDefineXml: async (context, { xml }) => await define(context, xml),
  nwfilterDefineXmlFlags: async (context, { xml, flags }) => {
    onlyFlags(flags, validate, 'virNWFilterDefineXMLFlags');
    return await define(context, xml);
  },
  nwfilterUndefine: async (context, { nwfilter }) => {
    await lookup(context, nwfilter.uuid);
    await method(context, 'undefine')(nwfilter.uuid);
  },

  connectListAllNwfilterBindings: async (context, { needResults, flags }) => {
    onlyFlags(flags, 0, 'virConnectListAllNWFilterBindings');
    const { items, count } = counted(needResults, (await bindings(context)).map(bindingReference));
    return { bindings: items, ret: count };
  },
  nwfilterBindingLookupByPortDev: async (context, { name }) => ({
    nwfilter: bindingReference(await lookupBinding(context, name)),
  }),
  nwfilterBindingGetXmlDesc: async (context, { nwfilter, flags }) => {
    onlyFlags(flags, 0, 'virNWFilterBindingGetXMLDesc');
    await lookupBinding(context, nwfilter.portdev);
    return { xml: await method(context, 'bindingXml')(nwfilter.portdev) };
  },
  nwfilterBindingCreateXml: async (context, { xml, flags }) => {
    onlyFlags(flags, validate, 'virNWFilterBindingCreateXML');
    return { nwfilter: bindingReference(await method(context, 'createBinding')(xml)) };
  },
  nwfilterBindingDelete: async (context, { nwfilter }) => {
    await lookupBinding(context, nwfilter.portdev);
    await method(context, 'deleteBinding')(nwfilter.portdev);
  },
} satisfies RemoteHandlers;
