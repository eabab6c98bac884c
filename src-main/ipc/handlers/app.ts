/** The application itself: settings, tasks, checks, figures. */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function appHandlers(services: Services): HandlerSet {
  const { engine, settings, recorder } = services;
  return {
    'app.checks': async () => await services.checks(),
    'settings.get': () => settings.get(),
    'settings.set': async (change) =>
      await settings.set(Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))),
    'jobs.list': () => engine.jobs.list(),
    'jobs.cancel': ({ id }) => {
      engine.jobs.cancel(id);
    },
    'jobs.retry': ({ id }) => {
      const again = engine.jobs.retry(id);
      if (again !== undefined) return again;
      throw new VirError({ code: 'operation-invalid', domain: 'none', message: say`This task cannot be repeated.` });
    },
    'stats.watch': async ({ uri, pace }, client) => {
      const key = `stats ${uri}`;
      client.onDisconnect(key, pace === 'off' ? undefined : await recorder.watch(uri, pace));
    },
    'stats.history': async ({ uri, uuid, fromMs, toMs, points }) =>
      await recorder.history({ uri, ...(uuid === undefined ? {} : { uuid }), fromMs, toMs, points }),
  };
}
