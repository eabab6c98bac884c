import Info from 'lucide-react/icons/info';
import Keyboard from 'lucide-react/icons/keyboard';
import Monitor from 'lucide-react/icons/monitor';
import Palette from 'lucide-react/icons/palette';
import Plug from 'lucide-react/icons/plug';
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal';
import { t } from '../../app/i18n.ts';
import { paths } from '../../app/routes.ts';
import { Icon, type IconType } from '../../components/icon.tsx';
import { AboutPage } from './about-page.tsx';
import { AppearancePage } from './appearance-page.tsx';
import { ClientsPage } from './clients/clients-page.tsx';
import { ConsolePage } from './console-page.tsx';
import { MachinesPage } from './machines-page.tsx';
import styles from './settings-screen.module.css';
import { ShortcutsPage } from './shortcuts-page.tsx';

const pages = ['appearance', 'machines', 'console', 'clients', 'shortcuts', 'about'] as const;
type Page = (typeof pages)[number];

const icons: Readonly<Record<Page, IconType>> = {
  appearance: Palette,
  machines: SlidersHorizontal,
  console: Monitor,
  clients: Plug,
  shortcuts: Keyboard,
  about: Info,
};

const contents: Readonly<Record<Page, () => React.JSX.Element>> = {
  appearance: AppearancePage,
  machines: MachinesPage,
  console: ConsolePage,
  clients: ClientsPage,
  shortcuts: ShortcutsPage,
  about: AboutPage,
};

/** Every change takes effect at once. */
export default function SettingsScreen({ page }: { page: string | undefined }): React.JSX.Element {
  const current = pages.find((each) => each === page) ?? 'appearance';
  const Content = contents[current];
  return (
    <div className={styles.screen}>
      <nav className={styles.pages} aria-label={t('nav.settings')}>
        <h1 className={styles.heading}>{t('nav.settings')}</h1>
        {pages.map((each) => (
          <a
            key={each}
            href={`#${paths.settings}/${each}`}
            className={styles.page}
            aria-current={each === current ? 'page' : undefined}
            draggable={false}
          >
            <Icon of={icons[each]} />
            {t(`settings:page.${each}`)}
          </a>
        ))}
      </nav>
      <div className={styles.content}>
        <div className={styles.inner}>
          <Content />
        </div>
      </div>
    </div>
  );
}
