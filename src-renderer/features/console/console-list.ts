/** The consoles that a machine has, and what they are called. */
import { useEffect, useState } from 'react';
import type { ConsoleEndpointInfo } from '../../../src-shared/contract/domains.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { engine, errorDataOf } from '../../app/client.ts';
import { t } from '../../app/i18n.ts';
import { useEngineRound } from '../../app/store/engine-round.ts';

export type ConsoleList =
  | { readonly state: 'waiting' }
  | { readonly state: 'known'; readonly consoles: readonly ConsoleEndpointInfo[] }
  | { readonly state: 'failed'; readonly error: ErrorData };

/** Asked for anew for each run of the machine (`id`); nothing while it is off. */
export function useConsoles(uri: string, uuid: string, id: number | undefined): ConsoleList {
  const [known, setKnown] = useState<{ readonly id: number; readonly list: ConsoleList }>();
  const round = useEngineRound();
  useEffect(() => {
    if (id === undefined) return undefined;
    let current = true;
    engine.call('domains.consoles', { uri, uuid }).then(
      (consoles) => current && setKnown({ id, list: { state: 'known', consoles } }),
      (thrown: unknown) => current && setKnown({ id, list: { state: 'failed', error: errorDataOf(thrown) } }),
    );
    return () => {
      current = false;
    };
  }, [uri, uuid, id, round]);
  return known !== undefined && known.id === id ? known.list : { state: 'waiting' };
}

export const keyOf = ({ kind, alias }: Pick<ConsoleEndpointInfo, 'kind' | 'alias'>): string => `${kind} ${alias}`;

/** The one asked for, or a screen before a terminal. */
export function firstOf(
  consoles: readonly ConsoleEndpointInfo[],
  wanted: string | undefined,
): ConsoleEndpointInfo | undefined {
  return (
    consoles.find((each) => keyOf(each) === wanted || each.alias === wanted) ??
    consoles.find(({ kind }) => kind === 'vnc' || kind === 'spice') ??
    consoles[0]
  );
}

export function nameOf(consoles: readonly ConsoleEndpointInfo[], { kind, alias }: ConsoleEndpointInfo): string {
  switch (kind) {
    case 'vnc':
    case 'spice': {
      const several = consoles.filter((each) => each.kind === 'vnc' || each.kind === 'spice').length > 1;
      return several ? t(`console:kind.${kind}`) : t('console:kind.screen');
    }
    case 'serial':
    case 'console':
      return t(`console:kind.${kind}`, { number: Number(/\d+$/.exec(alias)?.[0] ?? 0) + 1 });
  }
}
