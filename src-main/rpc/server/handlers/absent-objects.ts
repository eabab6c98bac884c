/**
 * Kinds of objects that the engine does not have yet. Clients list them all the time (virt-manager at every connection):
 * there are none, and looking one up says so in libvirt's words. What would make one is not answered: "not supported".
 */
import { type ErrorCode, VirError } from '../../../../src-shared/errors.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import type { DomainReference } from '../../protocol/objects.ts';
import { summaryOf } from './shared.ts';

function none(code: ErrorCode, message: string): never {
  throw new VirError({ code, domain: 'none', message });
}

async function ofDomain(context: CallContext, dom: DomainReference): Promise<void> {
  await summaryOf(context, dom);
}

export const absentObjectsHandlers = {
  domainListAllCheckpoints: async (context, { dom }) => {
    await ofDomain(context, dom);
    return { checkpoints: [], ret: 0 };
  },
  domainCheckpointLookupByName: async (context, { dom, name }) => {
    await ofDomain(context, dom);
    return none('no-domain-checkpoint', `no domain checkpoint with matching name '${name}'`);
  },
  domainBackupGetXmlDesc: async (context, { dom }) => {
    await ofDomain(context, dom);
    return none('no-domain-backup', 'no domain backup job present');
  },
} satisfies RemoteHandlers;
