import './theme/tokens.css';
import './theme/base.css';
import { createRoot } from 'react-dom/client';
import { preloadMenus } from '../components/menu.tsx';
import { App } from './app.tsx';
import { addApplicationCommands } from './commands/application-commands.ts';
import { listenToKeyboard } from './commands/keyboard.ts';
import { startFeed } from './feed.ts';
import { reportError } from './feedback/notices.ts';
import { startI18n } from './i18n.ts';
import { useSettings } from './store/settings-store.ts';
import { applyAppearance } from './theme/appearance.ts';
import { addMachineCommands } from '../features/machines/machine-commands.ts';

// Asked for first: the engine works while the page is built.
startFeed();
applyAppearance(useSettings.getState());
addApplicationCommands();
addMachineCommands();
listenToKeyboard();

const place = document.getElementById('root');
if (place === null) throw new Error('The page has no place for the application.');
const { language } = useSettings.getState();
await startI18n(language);
createRoot(place).render(<App startedIn={language} />);

// What the first menu is made of, once nothing else is to be done.
window.requestIdleCallback(
  () => {
    preloadMenus().catch(reportError);
  },
  { timeout: 5000 },
);
