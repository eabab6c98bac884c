/** Snapshots of domains. */
import { list } from '../xdr/compounds.ts';
import { flag, int, string, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { domain, snapshot } from './objects.ts';
import { call, high } from './procedure.ts';

export const snapshotProcedures = {
  domainSnapshotCreateXml: call(185, { dom: domain, xmlDesc: string, flags: uint }, { snap: snapshot }),
  domainSnapshotGetXmlDesc: call(186, { snap: snapshot, flags: uint }, { xml: string }, high),
  domainSnapshotNum: call(187, { dom: domain, flags: uint }, { num: int }, high),
  domainSnapshotListNames: call(
    188,
    { dom: domain, maxnames: int, flags: uint },
    { names: list(string, limits.domainSnapshotList) },
    high,
  ),
  domainSnapshotLookupByName: call(189, { dom: domain, name: string, flags: uint }, { snap: snapshot }, high),
  domainHasCurrentSnapshot: call(190, { dom: domain, flags: uint }, { result: int }),
  domainSnapshotCurrent: call(191, { dom: domain, flags: uint }, { snap: snapshot }),
  domainRevertToSnapshot: call(192, { snap: snapshot, flags: uint }),
  domainSnapshotDelete: call(193, { snap: snapshot, flags: uint }),
  domainSnapshotGetParent: call(244, { snap: snapshot, flags: uint }, { snap: snapshot }, high),
  domainSnapshotNumChildren: call(246, { snap: snapshot, flags: uint }, { num: int }, high),
  domainSnapshotListChildrenNames: call(
    247,
    { snap: snapshot, maxnames: int, flags: uint },
    { names: list(string, limits.domainSnapshotList) },
    high,
  ),
  domainSnapshotIsCurrent: call(271, { snap: snapshot, flags: uint }, { current: flag }),
  domainSnapshotHasMetadata: call(272, { snap: snapshot, flags: uint }, { metadata: int }),
  domainListAllSnapshots: call(
    274,
    { dom: domain, needResults: flag, flags: uint },
    { snapshots: list(snapshot, limits.domainSnapshotList), ret: int },
    high,
  ),
  domainSnapshotListAllChildren: call(
    275,
    { snapshot, needResults: flag, flags: uint },
    { snapshots: list(snapshot, limits.domainSnapshotList), ret: int },
    high,
  ),
};
