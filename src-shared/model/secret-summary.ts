/** What lists show of a secret: never its value. */
import type { Secret } from './secret.ts';

/** libvirt's usage types; the index is the number on the wire (`virSecretUsageType`). */
export const secretUsageTypes = ['none', 'volume', 'ceph', 'iscsi', 'tls', 'vtpm'] as const;
export type SecretUsageType = (typeof secretUsageTypes)[number];

export interface SecretSummary {
  readonly uuid: string;
  readonly usageType: SecretUsageType;
  /** What it is used for: a volume's path, an iSCSI target, a name; empty for usage `none`. */
  readonly usageId: string;
  readonly description?: string;
  /** Kept in memory only. */
  readonly ephemeral: boolean;
  /** Its value is told to nobody outside of the engine. */
  readonly private: boolean;
}

/** What a secret's definition says it is for. */
export function secretUsage({ usage }: Secret): { readonly usageType: SecretUsageType; readonly usageId: string } {
  const usageType = usage?.type ?? 'none';
  if (usage === undefined) return { usageType, usageId: '' };
  switch (usage.type) {
    case 'none':
      return { usageType, usageId: '' };
    case 'volume':
      return { usageType, usageId: usage.volume ?? '' };
    case 'iscsi':
      return { usageType, usageId: usage.target };
    case 'ceph':
    case 'tls':
    case 'vtpm':
      return { usageType, usageId: usage.name };
  }
}
