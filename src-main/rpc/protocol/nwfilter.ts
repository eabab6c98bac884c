/** Network filters and their bindings. */
import { list } from '../xdr/compounds.ts';
import { flag, int, string, uint, uuid } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { nwfilter, nwfilterBinding } from './objects.ts';
import { call, high } from './procedure.ts';

export const nwfilterProcedures = {
  nwfilterLookupByName: call(175, { name: string }, { nwfilter }, high),
  nwfilterLookupByUuid: call(176, { uuid }, { nwfilter }, high),
  nwfilterGetXmlDesc: call(177, { nwfilter, flags: uint }, { xml: string }, high),
  connectNumOfNwfilters: call(178, {}, { num: int }, high),
  connectListNwfilters: call(179, { maxnames: int }, { names: list(string, limits.nwfilterList) }, high),
  nwfilterDefineXml: call(180, { xml: string }, { nwfilter }, high),
  nwfilterUndefine: call(181, { nwfilter }, {}, high),
  connectListAllNwfilters: call(
    286,
    { needResults: flag, flags: uint },
    { filters: list(nwfilter, limits.nwfilterList), ret: uint },
    high,
  ),
  nwfilterBindingLookupByPortDev: call(397, { name: string }, { nwfilter: nwfilterBinding }, high),
  nwfilterBindingGetXmlDesc: call(398, { nwfilter: nwfilterBinding, flags: uint }, { xml: string }, high),
  nwfilterBindingCreateXml: call(399, { xml: string, flags: uint }, { nwfilter: nwfilterBinding }, high),
  nwfilterBindingDelete: call(400, { nwfilter: nwfilterBinding }, {}, high),
  connectListAllNwfilterBindings: call(
    401,
    { needResults: flag, flags: uint },
    { bindings: list(nwfilterBinding, limits.nwfilterBindingList), ret: uint },
    high,
  ),
  nwfilterDefineXmlFlags: call(431, { xml: string, flags: uint }, { nwfilter }, high),
};
