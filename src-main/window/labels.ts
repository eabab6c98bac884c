/** The few words that the main process itself shows. */
import { app } from 'electron';
import type { Settings } from '../../src-shared/contract/app.ts';

export interface Labels {
  readonly show: string;
  readonly newMachine: string;
  readonly quit: string;
  readonly console: string;
  readonly taskDone: (subject: string) => string;
  readonly taskFailed: (subject: string) => string;
  readonly crashed: (machine: string) => string;
  readonly crashedBody: string;
}

export type Language = 'en' | 'de';

const words: Readonly<Record<Language, Labels>> = {
  en: {
    show: 'Show Vivarium',
    newMachine: 'New machine…',
    quit: 'Quit',
    console: 'Console',
    taskDone: (subject) => `“${subject}”: the task is done`,
    taskFailed: (subject) => `“${subject}”: the task failed`,
    crashed: (machine) => `“${machine}” crashed`,
    crashedBody: 'Its log may say why.',
  },
  de: {
    show: 'Vivarium zeigen',
    newMachine: 'Neue Maschine…',
    quit: 'Beenden',
    console: 'Konsole',
    taskDone: (subject) => `„${subject}“: Aufgabe erledigt`,
    taskFailed: (subject) => `„${subject}“: Aufgabe fehlgeschlagen`,
    crashed: (machine) => `„${machine}“ ist abgestürzt`,
    crashedBody: 'Das Protokoll nennt vielleicht den Grund.',
  },
};

export function languageOf(wish: Settings['language']): Language {
  const chosen = wish === 'system' ? app.getLocale().slice(0, 2) : wish;
  return chosen === 'de' ? 'de' : 'en';
}

export const labels = (wish: Settings['language']): Labels => words[languageOf(wish)];
