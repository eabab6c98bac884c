/** What is asked from outside the page: on the command line, by a file handed over, in the tray, by the main process. */
import { openConnection } from '../feed.ts';
import { notify, reportError } from '../feedback/notices.ts';
import { t } from '../i18n.ts';
import { go, paths } from '../routes.ts';
import { startCreating } from '../store/create-start.ts';

export function obeyFromOutside(command: string, argument?: string): void {
  switch (command) {
    case 'new-machine':
      startCreating();
      break;
    case 'open-medium':
      startCreating(argument === undefined ? undefined : { path: argument });
      break;
    case 'connect':
      go(paths.machines);
      if (argument !== undefined) openConnection(argument).catch(reportError);
      break;
    case 'show-console-failed':
      notify({ tone: 'danger', text: t('outside.noConsole', { machine: argument }), timeoutMs: 15_000 });
      break;
    case 'engine-replaced':
      notify({
        tone: 'info',
        text: t(argument === 'embedded' ? 'engine.started' : 'engine.attached'),
        timeoutMs: 15_000,
      });
      break;
  }
}
