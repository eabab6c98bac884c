/** `net-resolve`: what guests of a network are called on the host, and whether the host finds them by it. */
import { textOf } from '../../../src-shared/words.ts';
import { type Command, report } from '../command.ts';
import { field, table } from '../output.ts';
import { usageError } from '../parse.ts';
import { onNetwork } from './networks.ts';

export const networkNamesCommand: Command = onNetwork(
  {
    name: 'net-resolve',
    summary: 'tell what guests of a network are called on this host, and whether it finds them by it',
    description:
      'The host finds guests of a running network by systemd-resolved, when the network has a domain that it keeps to itself and that nobody has in the Internet. /etc/hosts is left alone.',
    options: [
      { name: 'on', help: 'have the host ask the network’s server, where that is possible' },
      { name: 'off', help: 'leave the host as it is' },
    ],
  },
  async (session, network, { options }) => {
    const place = { uri: session.uri, uuid: network.uuid };
    const [on, off] = [options['on'] === true, options['off'] === true];
    if (on && off) throw usageError('it takes --on or --off', 'vivarium help net-resolve');
    if (on || off) {
      const affects = { live: network.active, config: network.persistent };
      await session.client.call('networks.set-host-names', { ...place, ...affects, wanted: on });
    }
    const told = await session.client.call('networks.host-names', place);
    if (told === undefined) return report(session, 'Nothing is known about that here.', {});
    const { domain, reason, fix, names } = told;
    const rows = names.map(({ name, address, found, resolves }) => [
      ...[name, address, resolves ? 'yes' : found.length === 0 ? 'no' : `no: ${found.join(', ')}`],
    ]);
    const text = [
      field('Domain', domain ?? '-'),
      ...(reason === undefined ? [] : [field('Not found because', textOf(reason))]),
      ...(fix === undefined ? [] : [field('What helps', textOf(fix))]),
      ...(rows.length === 0 ? [] : ['\n', table(['Name', 'Address', 'The host finds it'], rows)]),
    ].join('');
    report(session, text.trimEnd(), { uuid: network.uuid, ...told });
    return names.some(({ resolves }) => !resolves) ? 1 : 0;
  },
);
