/** Storage volumes. */
import { int, string, uhyper, uint } from '../xdr/scalars.ts';
import { storagePool, storageVol } from './objects.ts';
import { call, high } from './procedure.ts';

export const storageVolumeProcedures = {
  storageVolCreateXml: call(93, { pool: storagePool, xml: string, flags: uint }, { vol: storageVol }),
  storageVolDelete: call(94, { vol: storageVol, flags: uint }),
  storageVolLookupByName: call(95, { pool: storagePool, name: string }, { vol: storageVol }, high),
  storageVolLookupByKey: call(96, { key: string }, { vol: storageVol }, high),
  storageVolLookupByPath: call(97, { path: string }, { vol: storageVol }, high),
  storageVolGetInfo: call(98, { vol: storageVol }, { type: int, capacity: uhyper, allocation: uhyper }, high),
  storageVolGetXmlDesc: call(99, { vol: storageVol, flags: uint }, { xml: string }, high),
  storageVolGetPath: call(100, { vol: storageVol }, { name: string }, high),
  storageVolCreateXmlFrom: call(
    125,
    { pool: storagePool, xml: string, clonevol: storageVol, flags: uint },
    { vol: storageVol },
  ),
  storageVolWipe: call(165, { vol: storageVol, flags: uint }),
  storageVolUpload: call(
    208,
    { vol: storageVol, offset: uhyper, length: uhyper, flags: uint },
    {},
    { stream: 'upload' },
  ),
  storageVolDownload: call(
    209,
    { vol: storageVol, offset: uhyper, length: uhyper, flags: uint },
    {},
    { stream: 'download' },
  ),
  storageVolWipePattern: call(259, { vol: storageVol, algorithm: uint, flags: uint }),
  storageVolResize: call(260, { vol: storageVol, capacity: uhyper, flags: uint }),
  storageVolGetInfoFlags: call(
    378,
    { vol: storageVol, flags: uint },
    { type: int, capacity: uhyper, allocation: uhyper },
    high,
  ),
};
