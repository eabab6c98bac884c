/** Secrets: passphrases and passwords that definitions refer to. */
import { VirError } from '../../../../src-shared/errors.ts';
import { secretUsageTypes } from '../../../../src-shared/model/secret-summary.ts';
import { need } from '../../../engine/driver.ts';
import type { SecretApi, SecretSummary } from '../../../engine/secret-api.ts';
import type { SecretReference } from '../../protocol/objects.ts';
import { rpcError } from '../errors.ts';
import { secretReference } from '../event-messages.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { everyFlag, filterBy, type FilterGroup, yesOrNo } from './list-filter.ts';
import { atMost, counted, onlyFlags } from './shared.ts';

const groups: readonly FilterGroup<SecretSummary>[] = [
  yesOrNo(1 << 0, ({ ephemeral }) => ephemeral),
  yesOrNo(1 << 2, ({ private: isPrivate }) => isPrivate),
];
const everyListFlag = everyFlag(groups);
/** `VIR_SECRET_DEFINE_VALIDATE` */
const defineValidate = 1;

const all = async ({ connection }: CallContext): Promise<readonly SecretSummary[]> =>
  (await connection.secrets?.list()) ?? [];

const noSecret = (what: string): VirError =>
  new VirError({ code: 'no-secret', domain: 'secret', message: `no secret with matching ${what}` });

/** A driver's method for one secret, which must exist. */
async function method<K extends keyof SecretApi & string>(
  context: CallContext,
  { uuid }: SecretReference,
  name: K,
): Promise<NonNullable<SecretApi[K]>> {
  if (!(await all(context)).some((known) => known.uuid === uuid)) throw noSecret(`uuid '${uuid}'`);
  return need<SecretApi, K>(context.connection.secrets, name);
}

export const secretHandlers = {
  connectListAllSecrets: async (context, { needResults, flags }) => {
    onlyFlags(flags, everyListFlag, 'virConnectListAllSecrets');
    const found = filterBy(groups, await all(context), flags).map(secretReference);
    const { items, count } = counted(needResults, found);
    return { secrets: items, ret: count };
  },
  connectNumOfSecrets: async (context) => ({ num: (await all(context)).length }),
  connectListSecrets: async (context, { maxuuids }) => ({
    uuids: atMost(
      (await all(context)).map(({ uuid }) => uuid),
      maxuuids,
    ),
  }),

  secretLookupByUuid: async (context, { uuid }) => {
    const found = (await all(context)).find((known) => known.uuid === uuid);
    if (found === undefined) throw noSecret(`uuid '${uuid}'`);
    return { secret: secretReference(found) };
  },
  secretLookupByUsage: async ({ connection }, { usageType, usageID }) => {
    const type = secretUsageTypes[usageType];
    if (type === undefined || connection.secrets === undefined) throw noSecret(`usage '${usageID}'`);
    return { secret: secretReference(await connection.secrets.lookupByUsage(type, usageID)) };
  },

  secretDefineXml: async ({ connection }, { xml, flags }) => {
    onlyFlags(flags, defineValidate, 'virSecretDefineXML');
    return { secret: secretReference(await need<SecretApi, 'define'>(connection.secrets, 'define')(xml)) };
  },
  secretGetXmlDesc: async (context, { secret, flags }) => {
    onlyFlags(flags, 0, 'virSecretGetXMLDesc');
    return { xml: await (await method(context, secret, 'xml'))(secret.uuid) };
  },
  secretSetValue: async (context, { secret, value, flags }) => {
    onlyFlags(flags, 0, 'virSecretSetValue');
    await (await method(context, secret, 'setValue'))(secret.uuid, value);
  },
  secretGetValue: async (context, { secret, flags }) => {
    onlyFlags(flags, 0, 'virSecretGetValue');
    return { value: await (await method(context, secret, 'value'))(secret.uuid) };
  },
  secretUndefine: async (context, { secret }) => {
    await (await method(context, secret, 'undefine'))(secret.uuid);
  },

  connectSecretEventRegisterAny: ({ session }, { eventID, secret }) => {
    if (eventID < 0 || eventID > 1) throw rpcError(`unsupported secret event ID ${eventID}`);
    return { callbackID: session.subscriptions.add('secret', eventID, secret?.uuid) };
  },
  connectSecretEventDeregisterAny: ({ session }, { callbackID }) => {
    session.subscriptions.remove('secret', callbackID);
  },
} satisfies RemoteHandlers;
