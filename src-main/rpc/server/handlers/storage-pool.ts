/** Storage pools. */
import type { PoolSummary, StorageApi } from '../../../engine/storage-api.ts';
import { need } from '../../../engine/driver.ts';
import { VirError } from '../../../../src-shared/errors.ts';
import { poolEventIds } from '../../protocol/event-numbers.ts';
import type { PoolReference } from '../../protocol/objects.ts';
import { rpcError } from '../errors.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { everyFlag, filterBy, type FilterGroup, yesOrNo } from './list-filter.ts';
import { atMost, counted, has, notSupported, onlyFlags } from './shared.ts';

/** `virStoragePoolState` */
const poolState = { inactive: 0, running: 2 } as const;
/** `VIR_STORAGE_POOL_CREATE_WITH_BUILD…`: with a build first; overwriting or not means nothing to a folder. */
const createBuild = { with: 1, overwrite: 2, noOverwrite: 4 } as const;
const everyCreateFlag = 7;
/** `VIR_STORAGE_XML_INACTIVE` */
const xmlInactive = 1;
/** `VIR_STORAGE_POOL_DEFINE_VALIDATE` */
const defineValidate = 1;

/** The types by their bits in `virConnectListAllStoragePoolsFlags`. */
const typeBits: readonly (readonly [bit: number, type: string])[] = [
  [1 << 6, 'dir'],
  [1 << 7, 'fs'],
  [1 << 8, 'netfs'],
  [1 << 9, 'logical'],
  [1 << 10, 'disk'],
  [1 << 11, 'iscsi'],
  [1 << 12, 'scsi'],
  [1 << 13, 'mpath'],
  [1 << 14, 'rbd'],
  [1 << 15, 'sheepdog'],
  [1 << 16, 'gluster'],
  [1 << 17, 'zfs'],
  [1 << 18, 'vstorage'],
  [1 << 19, 'iscsi-direct'],
];

const groups: readonly FilterGroup<PoolSummary>[] = [
  yesOrNo(1 << 0, ({ active }) => !active),
  yesOrNo(1 << 2, ({ persistent }) => persistent),
  yesOrNo(1 << 4, ({ autostart }) => autostart),
  typeBits.map(([bit, name]) => [bit, ({ type }) => type === name] as const),
];
const everyListFlag = everyFlag(groups);

export const poolReference = ({ name, uuid }: PoolSummary): PoolReference => ({ name, uuid });

async function poolOf({ storage }: CallContext, { uuid, name }: PoolReference): Promise<PoolSummary> {
  try {
    return await storage.poolByUuid(uuid);
  } catch (thrown) {
    if (!(thrown instanceof VirError) || thrown.code !== 'no-storage-pool') throw thrown;
    const message = `no storage pool with matching uuid '${uuid}' (${name})`;
    throw new VirError({ code: 'no-storage-pool', domain: 'storage', message }, { cause: thrown });
  }
}

async function method<K extends keyof StorageApi & string>(
  context: CallContext,
  pool: PoolReference,
  name: K,
): Promise<NonNullable<StorageApi[K]>> {
  await poolOf(context, pool);
  return need(context.storage, name);
}

const names = async ({ storage }: CallContext, active: boolean): Promise<readonly string[]> =>
  (await storage.pools()).filter((pool) => pool.active === active).map(({ name }) => name);

export const storagePoolHandlers = {
  connectListAllStoragePools: async ({ storage }, { needResults, flags }) => {
    onlyFlags(flags, everyListFlag, 'virConnectListAllStoragePools');
    const found = filterBy(groups, await storage.pools(), flags).map(poolReference);
    const { items, count } = counted(needResults, found);
    return { pools: items, ret: count };
  },
  connectNumOfStoragePools: async (context) => ({ num: (await names(context, true)).length }),
  connectListStoragePools: async (context, { maxnames }) => ({ names: atMost(await names(context, true), maxnames) }),
  connectNumOfDefinedStoragePools: async (context) => ({ num: (await names(context, false)).length }),
  connectListDefinedStoragePools: async (context, { maxnames }) => ({
    names: atMost(await names(context, false), maxnames),
  }),
  connectFindStoragePoolSources: (_, { type }) => {
    throw notSupported(`pool type '${type}' does not support source discovery`);
  },

  storagePoolLookupByName: async ({ storage }, { name }) => ({ pool: poolReference(await storage.poolByName(name)) }),
  storagePoolLookupByUuid: async ({ storage }, { uuid }) => ({ pool: poolReference(await storage.poolByUuid(uuid)) }),
  storagePoolLookupByVolume: async ({ storage }, { vol }) => ({
    pool: poolReference(await storage.poolByName(vol.pool)),
  }),
  storagePoolLookupByTargetPath: async ({ storage }, { path }) => {
    const found = (await storage.pools()).find((pool) => pool.active && pool.path === path);
    if (found !== undefined) return { pool: poolReference(found) };
    const message = `no storage pool with matching target path '${path}'`;
    throw new VirError({ code: 'no-storage-pool', domain: 'storage', message });
  },

  storagePoolDefineXml: async ({ storage }, { xml, flags }) => {
    onlyFlags(flags, defineValidate, 'virStoragePoolDefineXML');
    return { pool: poolReference(await need(storage, 'poolDefine')(xml)) };
  },
  storagePoolCreateXml: async ({ storage }, { xml, flags }) => {
    onlyFlags(flags, everyCreateFlag, 'virStoragePoolCreateXML');
    const build = has(flags, everyCreateFlag);
    return { pool: poolReference(await need(storage, 'poolCreate')(xml, { build })) };
  },
  storagePoolCreate: async (context, { pool, flags }) => {
    onlyFlags(flags, everyCreateFlag, 'virStoragePoolCreate');
    const start = await method(context, pool, 'poolStart');
    if (has(flags, createBuild.with | createBuild.overwrite | createBuild.noOverwrite)) {
      await need(context.storage, 'poolBuild')(pool.uuid);
    }
    await start(pool.uuid);
  },
  storagePoolBuild: async (context, { pool, flags }) => {
    onlyFlags(flags, 7, 'virStoragePoolBuild');
    await (await method(context, pool, 'poolBuild'))(pool.uuid);
  },
  storagePoolDestroy: async (context, { pool }) => {
    await (await method(context, pool, 'poolDestroy'))(pool.uuid);
  },
  storagePoolDelete: async (context, { pool, flags }) => {
    onlyFlags(flags, 1, 'virStoragePoolDelete');
    await (await method(context, pool, 'poolDelete'))(pool.uuid);
  },
  storagePoolUndefine: async (context, { pool }) => {
    await (await method(context, pool, 'poolUndefine'))(pool.uuid);
  },
  storagePoolRefresh: async (context, { pool, flags }) => {
    onlyFlags(flags, 0, 'virStoragePoolRefresh');
    await (await method(context, pool, 'poolRefresh'))(pool.uuid);
  },

  storagePoolGetInfo: async (context, { pool }) => {
    const { active, capacityBytes, allocationBytes, availableBytes } = await poolOf(context, pool);
    return {
      state: active ? poolState.running : poolState.inactive,
      capacity: BigInt(capacityBytes),
      allocation: BigInt(allocationBytes),
      available: BigInt(availableBytes),
    };
  },
  storagePoolGetXmlDesc: async (context, { pool, flags }) => {
    onlyFlags(flags, xmlInactive, 'virStoragePoolGetXMLDesc');
    await poolOf(context, pool);
    return { xml: await context.storage.poolXml(pool.uuid, { inactive: has(flags, xmlInactive) }) };
  },
  storagePoolIsActive: async (context, { pool }) => ({ active: (await poolOf(context, pool)).active }),
  storagePoolIsPersistent: async (context, { pool }) => ({ persistent: (await poolOf(context, pool)).persistent }),
  storagePoolGetAutostart: async (context, { pool }) => ({ autostart: (await poolOf(context, pool)).autostart }),
  storagePoolSetAutostart: async (context, { pool, autostart }) => {
    await (await method(context, pool, 'poolSetAutostart'))(pool.uuid, autostart);
  },

  connectStoragePoolEventRegisterAny: ({ session }, { eventID, pool }) => {
    const known: readonly number[] = Object.values(poolEventIds);
    if (!known.includes(eventID)) throw rpcError(`unsupported storage pool event ID ${eventID}`);
    return { callbackID: session.subscriptions.add('storage pool', eventID, pool?.uuid) };
  },
  connectStoragePoolEventDeregisterAny: ({ session }, { callbackID }) => {
    session.subscriptions.remove('storage pool', callbackID);
  },
} satisfies RemoteHandlers;
