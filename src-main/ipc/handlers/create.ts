/** Creating machines. */
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';

export function createHandlers({ creation }: Services): HandlerSet {
  return {
    'create.inspect-medium': async ({ path }) => await creation.inspectMedium(path),
    'create.operating-systems': async () => await creation.operatingSystems(),
    'create.resources': async ({ uri, osId }) => await creation.resources(uri, osId),
    'create.suggest-name': async ({ uri, base }) => await creation.suggestName(uri, base),
    'create.plan': async (spec) => await creation.plan(spec),
    'create.run': async (spec) => await creation.run(spec),
    'create.small-linux': async () => await creation.smallLinux(),
  };
}
