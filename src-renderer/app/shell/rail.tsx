import ChartLine from 'lucide-react/icons/chart-line';
import HardDrive from 'lucide-react/icons/hard-drive';
import Monitor from 'lucide-react/icons/monitor';
import Network from 'lucide-react/icons/network';
import Server from 'lucide-react/icons/server';
import SettingsIcon from 'lucide-react/icons/settings-2';
import { Icon, type IconType } from '../../components/icon.tsx';
import { keysOf } from '../commands/commands.ts';
import { t } from '../i18n.ts';
import { paths, type Section, sectionOf, sections } from '../routes.ts';
import { usePlace } from '../use-place.ts';
import { Brand } from './brand.tsx';
import styles from './shell.module.css';

const icons: Readonly<Record<Section, IconType>> = {
  machines: Monitor,
  networks: Network,
  storage: HardDrive,
  performance: ChartLine,
  hosts: Server,
};

export function Rail(): React.JSX.Element {
  const current = sectionOf(usePlace());
  return (
    <nav className={styles.rail} aria-label={t('nav.label')} data-tip-side="right">
      <span className={styles.brand}>
        <Brand />
      </span>
      <ul>
        {sections.map((section) => (
          <li key={section}>
            <RailLink
              path={paths[section]}
              icon={icons[section]}
              label={t(`nav.${section}`)}
              command={`go.${section}`}
              current={current === section}
            />
          </li>
        ))}
      </ul>
      <span className={styles.space} />
      <RailLink
        path={paths.settings}
        icon={SettingsIcon}
        label={t('nav.settings')}
        command="go.settings"
        current={current === 'settings'}
      />
    </nav>
  );
}

function RailLink(props: {
  path: string;
  icon: IconType;
  label: string;
  command: string;
  current: boolean;
}): React.JSX.Element {
  const { path, icon, label, command, current } = props;
  return (
    <a
      href={`#${path}`}
      className={styles.place}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
      data-tip={label}
      data-tip-keys={keysOf(command)}
      draggable={false}
    >
      <Icon of={icon} />
    </a>
  );
}
