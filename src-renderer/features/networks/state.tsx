import CircleDot from 'lucide-react/icons/circle-dot';
import CircleOff from 'lucide-react/icons/circle-off';
import type { NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import { t } from '../../app/i18n.ts';
import { Badge } from '../../components/badge.tsx';
import styles from './networks-screen.module.css';

export function NetworkState({ active }: Pick<NetworkSummary, 'active'>): React.JSX.Element {
  return (
    <span className={styles.state}>
      <Badge tone={active ? 'ok' : 'neutral'} icon={active ? CircleDot : CircleOff}>
        {t(active ? 'networks:state.active' : 'networks:state.inactive')}
      </Badge>
    </span>
  );
}
