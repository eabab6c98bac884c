/** Checkpoints of domains, and backups that use them. */
import { list, optional } from '../xdr/compounds.ts';
import { flag, int, string, uint } from '../xdr/scalars.ts';
import { limits } from './limits.ts';
import { checkpoint, domain } from './objects.ts';
import { call, high } from './procedure.ts';

export const checkpointProcedures = {
  domainCheckpointCreateXml: call(411, { dom: domain, xmlDesc: string, flags: uint }, { checkpoint }),
  domainCheckpointGetXmlDesc: call(412, { checkpoint, flags: uint }, { xml: string }),
  domainListAllCheckpoints: call(
    413,
    { dom: domain, needResults: flag, flags: uint },
    { checkpoints: list(checkpoint, limits.domainCheckpointList), ret: int },
    high,
  ),
  domainCheckpointListAllChildren: call(
    414,
    { checkpoint, needResults: flag, flags: uint },
    { checkpoints: list(checkpoint, limits.domainCheckpointList), ret: int },
    high,
  ),
  domainCheckpointLookupByName: call(415, { dom: domain, name: string, flags: uint }, { checkpoint }, high),
  domainCheckpointGetParent: call(416, { checkpoint, flags: uint }, { parent: checkpoint }, high),
  domainCheckpointDelete: call(417, { checkpoint, flags: uint }),
  domainBackupBegin: call(421, { dom: domain, backupXml: string, checkpointXml: optional(string), flags: uint }),
  domainBackupGetXmlDesc: call(422, { dom: domain, flags: uint }, { xml: string }, high),
};
