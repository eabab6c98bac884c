import type { ConnectionInfo } from '../../src-shared/contract/connections.ts';
import { t } from './i18n.ts';

/** A connection as people call it: this computer's own is no URI to them. */
export function hostLabel({ uri, label }: Pick<ConnectionInfo, 'uri' | 'label'>): string {
  return label === uri && uri === 'qemu:///session' ? t('status.local') : label;
}
