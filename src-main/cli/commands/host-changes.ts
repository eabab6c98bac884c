/** What Vivarium changed on this host, and undoing it. */
import { type Command, report } from '../command.ts';
import { usageError } from '../parse.ts';

export const hostChangeCommands: readonly Command[] = [
  {
    name: 'host-changes',
    group: 'Host',
    summary: 'tell what is changed on this host at present: by whom, when, what, and what undoes it',
    needs: 'engine',
    async run(session) {
      const changes = await session.client.call('networks.host-changes', { uri: session.uri });
      const text = changes.map(({ owner, user, timeMs, steps, isOfEarlierBoot }) => {
        const when = new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');
        const left = isOfEarlierBoot === true ? ', before the host was last started' : '';
        const lines = steps.flatMap(({ sentence, undo }) => [
          ` - ${sentence}`,
          ...(undo === undefined ? [] : [`   undo: ${undo}`]),
        ]);
        return [`${owner} (${user}, ${when} UTC${left})`, ...lines, ''].join('\n');
      });
      return report(session, changes.length === 0 ? 'Nothing is changed on this host.' : text.join('\n'), { changes });
    },
  },
  {
    name: 'host-undo',
    group: 'Host',
    summary: 'undo what was changed on this host: networks stop, and the host is as it was before',
    operands: [{ name: 'change', kind: 'text', optional: true }],
    options: [{ name: 'all', help: 'everything that Vivarium changed' }],
    needs: 'engine',
    async run(session, { options, operands }) {
      const owner = operands['change'];
      const all = options['all'] === true;
      if (all === (owner !== undefined))
        throw usageError("it takes either a change, as 'host-changes' names it, or --all", 'vivarium help host-undo');
      const failures = await session.client.call('networks.undo-changes', {
        uri: session.uri,
        ...(owner === undefined ? {} : { owner }),
      });
      const text =
        failures.length === 0
          ? 'Undone.'
          : ['This could not be undone, and stays recorded:', ...failures.map((each) => ` - ${each}`), ''].join('\n');
      report(session, text, { failures });
      return failures.length === 0 ? 0 : 1;
    },
  },
];
