import type { NodeDeviceSummary } from '../../src-shared/model/node-device-summary.ts';

/** Devices of the host. */
export interface NodeDeviceApi {
  list(): Promise<readonly NodeDeviceSummary[]>;
  /** @throws VirError `no-node-device` */
  lookupByName(name: string): Promise<NodeDeviceSummary>;
  /** @throws VirError `no-node-device` */
  xml(name: string): Promise<string>;
}
