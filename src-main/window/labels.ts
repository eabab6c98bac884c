/** The few words that the main process itself shows. */
import { app } from 'electron';
import type { Settings } from '../../src-shared/contract/app.ts';

export interface Labels {
  readonly show: string;
  readonly newMachine: string;
  readonly quit: string;
  readonly console: string;
}

const words: Readonly<Record<'en' | 'de', Labels>> = {
  en: { show: 'Show Vivarium', newMachine: 'New machine…', quit: 'Quit', console: 'Console' },
  de: { show: 'Vivarium zeigen', newMachine: 'Neue Maschine…', quit: 'Beenden', console: 'Konsole' },
};

export function labels(language: Settings['language']): Labels {
  const chosen = language === 'system' ? app.getLocale().slice(0, 2) : language;
  return chosen === 'de' ? words.de : words.en;
}
