/** Devices of the host. A driver without them has none: lists are empty, and looking one up says so. */
import { VirError } from '../../../../src-shared/errors.ts';
import type { NodeDeviceSummary } from '../../../../src-shared/model/node-device-summary.ts';
import { need } from '../../../engine/driver.ts';
import type { NodeDeviceApi } from '../../../engine/node-device-api.ts';
import { rpcError } from '../errors.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { filterBy, type FilterGroup } from './list-filter.ts';
import { atMost, counted, onlyFlags } from './shared.ts';

/** `virConnectListAllNodeDeviceFlags`, from the lowest bit. */
const capabilities = [
  ...['system', 'pci', 'usb_device', 'usb', 'net', 'scsi_host', 'scsi_target', 'scsi', 'storage', 'fc_host', 'vports'],
  ...['scsi_generic', 'drm', 'mdev_types', 'mdev', 'ccw', 'css', 'vdpa', 'ap_card', 'ap_queue', 'ap_matrix', 'vpd'],
];
const inactive = 1 << 30;
const active = 1 << 31;

const groups: readonly FilterGroup<NodeDeviceSummary>[] = [
  capabilities.map((name, bit) => [1 << bit, (device) => device.capabilities.includes(name)] as const),
  // What is there is active.
  [
    [inactive, () => false],
    [active, () => true],
  ],
];
const everyListFlag = ((1 << capabilities.length) - 1) | inactive | active;
const events = 2;

const list = async ({ connection }: CallContext): Promise<readonly NodeDeviceSummary[]> =>
  (await connection.nodeDevices?.list()) ?? [];

const ofKind = async (context: CallContext, kind: string | undefined): Promise<readonly NodeDeviceSummary[]> =>
  (await list(context)).filter((device) => kind === undefined || device.capabilities.includes(kind));

async function byName({ connection }: CallContext, name: string): Promise<NodeDeviceSummary> {
  if (connection.nodeDevices !== undefined) return await connection.nodeDevices.lookupByName(name);
  const message = `no node device with matching name '${name}'`;
  throw new VirError({ code: 'no-node-device', domain: 'nodedev', message });
}

export const nodeDeviceHandlers = {
  connectListAllNodeDevices: async (context, { needResults, flags }) => {
    onlyFlags(flags, everyListFlag, 'virConnectListAllNodeDevices');
    const found = filterBy(groups, await list(context), flags);
    const { items, count } = counted(
      needResults,
      found.map(({ name }) => ({ name })),
    );
    return { devices: items, ret: count };
  },
  nodeNumOfDevices: async (context, { cap, flags }) => {
    onlyFlags(flags, 0, 'virNodeNumOfDevices');
    return { num: (await ofKind(context, cap)).length };
  },
  nodeListDevices: async (context, { cap, maxnames, flags }) => {
    onlyFlags(flags, 0, 'virNodeListDevices');
    const names = (await ofKind(context, cap)).map(({ name }) => name);
    return { names: atMost(names, maxnames) };
  },
  nodeDeviceLookupByName: async (context, { name }) => ({ dev: { name: (await byName(context, name)).name } }),
  nodeDeviceGetXmlDesc: async (context, { name, flags }) => {
    onlyFlags(flags, 1, 'virNodeDeviceGetXMLDesc');
    await byName(context, name);
    return { xml: await need<NodeDeviceApi, 'xml'>(context.connection.nodeDevices, 'xml')(name) };
  },
  nodeDeviceGetParent: async (context, { name }) => {
    const { parent } = await byName(context, name);
    return parent === undefined ? {} : { parentName: parent };
  },
  nodeDeviceNumOfCaps: async (context, { name }) => ({ num: (await byName(context, name)).capabilities.length }),
  nodeDeviceListCaps: async (context, { name, maxnames }) => ({
    names: atMost((await byName(context, name)).capabilities, maxnames),
  }),
  // What is there was not defined, and is active.
  nodeDeviceIsActive: async (context, { name }) => {
    await byName(context, name);
    return { active: true };
  },
  nodeDeviceIsPersistent: async (context, { name }) => {
    await byName(context, name);
    return { persistent: false };
  },
  nodeDeviceGetAutostart: async (context, { name }) => {
    await byName(context, name);
    return { autostart: false };
  },

  connectNodeDeviceEventRegisterAny: ({ session }, { eventID }) => {
    if (eventID < 0 || eventID >= events) throw rpcError(`unsupported node device event ID ${eventID}`);
    return { callbackID: session.subscriptions.add('node device', eventID) };
  },
  connectNodeDeviceEventDeregisterAny: ({ session }, { callbackID }) => {
    session.subscriptions.remove('node device', callbackID);
  },
} satisfies RemoteHandlers;
