/** Where a new card can be plugged in on a host: through the computer, into its virtual networks, into its bridges. */
import { useEffect, useState } from 'react';
import type { Creation } from '../../../src-shared/contract/create.ts';
import { engine } from '../../app/client.ts';
import { t } from '../../app/i18n.ts';

export type Connection = Creation['network'];

const always: readonly Connection[] = ['user', 'none'];

/** What the host has; without an answer, or where the host tells of none, what works everywhere. */
export function useNetworkChoices(uri: string): readonly Connection[] {
  const [choices, setChoices] = useState(always);
  useEffect(() => {
    let isWanted = true;
    ask(uri).then(
      (found) => {
        if (isWanted) setChoices(['user', ...found, 'none']);
      },
      () => {
        // A host without networks, or out of reach: the page itself tells of the latter.
        if (isWanted) setChoices(always);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [uri]);
  return choices;
}

async function ask(uri: string): Promise<readonly Connection[]> {
  const [networks, devices] = await Promise.all([
    engine.call('networks.list', { uri }),
    engine.call('networks.host-devices', { uri }),
  ]);
  const own = new Set(networks.map(({ bridge }) => bridge));
  return [
    // Those that run first: the others have to be started before the machine.
    ...networks
      .toSorted((one, other) => Number(other.active) - Number(one.active) || one.name.localeCompare(other.name))
      .map(({ name }): Connection => `network=${name}`),
    ...devices
      .filter(({ kind, name }) => kind === 'bridge' && !own.has(name))
      .map(({ name }): Connection => `bridge=${name}`),
  ];
}

/** With what is chosen already, where the host no longer has it. */
export const withCurrent = (choices: readonly Connection[], current: Connection): readonly Connection[] =>
  choices.includes(current) ? choices : [...choices, current];

export function connectionLabel(connection: Connection): string {
  if (connection === 'user' || connection === 'none') return t(`create:network.${connection}`);
  const [kind = '', name = ''] = [
    connection.slice(0, connection.indexOf('=')),
    connection.slice(connection.indexOf('=') + 1),
  ];
  return kind === 'network' ? t('create:network.network', { name }) : t('create:network.bridge', { name });
}
