import { useEffect, useState } from 'react';
import type { Settings } from '../../src-shared/contract/app.ts';
import { reportError } from './feedback/notices.ts';
import { changeLanguage } from './i18n.ts';
import { Shell } from './shell/shell.tsx';
import { useSettings } from './store/settings-store.ts';
import { applyAppearance } from './theme/appearance.ts';

/** Everything, in the look and language that the preferences ask for. */
export function App({ startedIn }: { startedIn: Settings['language'] }): React.JSX.Element {
  const settings = useSettings();
  // The preferences may have arrived while the first language was loaded.
  const [language, setLanguage] = useState(startedIn);

  useEffect(() => applyAppearance(settings), [settings]);

  useEffect(() => {
    if (settings.language === language) return;
    changeLanguage(settings.language).then(() => setLanguage(settings.language), reportError);
  }, [settings.language, language]);

  // Another language is another window: no component has to listen for it.
  return <Shell key={language} />;
}
