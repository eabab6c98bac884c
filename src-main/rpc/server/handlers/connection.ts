/** Opening a connection, and what it tells of itself. */
import { need } from '../../../engine/driver.ts';
import { canPassDescriptors } from '../descriptors.ts';
import type { RemoteHandlers } from '../handler.ts';

/** `VIR_CONNECT_RO`. Other bits leak out of clients and mean nothing here. */
const connectReadOnly = 1;

/** `VIR_DRV_FEATURE_*` that are about the protocol or the server, and true. */
const features = {
  fdPassing: 8,
  typedParamString: 9,
  programKeepalive: 10,
  remoteEventCallback: 14,
  remoteCloseCallback: 15,
  networkUpdateHasCorrectOrder: 16,
} as const;

const supported: ReadonlySet<number> = new Set(Object.values(features));

/** What a client gets that names no URI. */
const defaultUri = 'qemu:///session';

/** The release of libvirt whose protocol and behaviour this is: 9.0.0. */
const libraryVersion = 9_000_000n;

export const connectionHandlers = {
  async connectOpen({ session }, { name, flags }) {
    const uri = name === undefined || name === '' ? defaultUri : name;
    await session.open(uri, (flags & connectReadOnly) !== 0);
  },

  async connectClose({ session }) {
    await session.close();
  },

  async connectSupportsFeature({ session, give }, { feature }) {
    if (feature === features.programKeepalive) session.startKeepalive();
    if (feature === features.fdPassing) return { supported: give !== undefined && (await canPassDescriptors()) };
    return { supported: supported.has(feature) };
  },

  // The connection of a client ends with the engine, which it sees by itself.
  connectRegisterCloseCallback() {},
  connectUnregisterCloseCallback() {},

  connectGetType: ({ connection }) => ({ type: connection.type }),

  async connectGetVersion({ connection }) {
    return { hvVer: BigInt(await need(connection, 'hypervisorVersion')()) };
  },

  connectGetLibVersion: () => ({ libVer: libraryVersion }),

  connectGetHostname: ({ connection }) => ({ hostname: connection.hostname }),

  connectGetUri: ({ connection }) => ({ uri: connection.uri.text }),

  // Only this user reaches the socket.
  connectIsSecure: () => ({ secure: true }),

  async connectGetCapabilities({ connection }) {
    return { capabilities: await need(connection, 'capabilities')() };
  },
} satisfies RemoteHandlers;
