/** Secrets of a connection, addressed by UUID. A method that is absent is what the driver cannot do. */
import type { SecretSummary, SecretUsageType } from '../../src-shared/model/secret-summary.ts';

export type { SecretSummary, SecretUsageType };

export interface SecretApi {
  list(): Promise<readonly SecretSummary[]>;
  /** @throws VirError `no-secret` */
  lookupByUuid(uuid: string): Promise<SecretSummary>;
  lookupByUsage(type: SecretUsageType, usageId: string): Promise<SecretSummary>;
  xml(uuid: string): Promise<string>;
  define?(xml: string): Promise<SecretSummary>;
  undefine?(uuid: string): Promise<void>;
  setValue?(uuid: string, value: Uint8Array): Promise<void>;
  /** @throws VirError `invalid-secret` for a private one, `no-secret` when it has no value */
  value?(uuid: string): Promise<Uint8Array>;
}
