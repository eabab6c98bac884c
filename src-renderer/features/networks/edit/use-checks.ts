import { useEffect, useMemo, useState } from 'react';
import type { NetworkFinding, NetworkPlan } from '../../../../src-shared/model/network-summary.ts';
import { engine, EngineError } from '../../../app/client.ts';
import { reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import type { NetworkView } from '../use-networks.ts';
import { relevantFindings } from './findings.ts';
import { type NetworkDraft, problemOf } from './network-draft.ts';
import { hasOwnBridge, modeOf } from './network-edit.ts';
import { collisions } from './subnets.ts';

const quietMs = 300;

export interface Checks {
  /** Keeps it from being stored. */
  readonly problem: string | undefined;
  readonly findings: readonly NetworkFinding[];
  /** What starting it would do; absent where the engine plans stored networks only. */
  readonly plan: NetworkPlan | undefined;
}

/** What is wrong with the edit under way: at once what can be known here, when typing pauses what the engine finds. */
export function useChecks(view: NetworkView, draft: NetworkDraft | undefined, uuid: string | undefined): Checks {
  const { uri, networks, devices } = view;
  const own = networks?.find((each) => each.uuid === uuid);
  const [planned, setPlanned] = useState<{ readonly text: string; readonly plan: NetworkPlan | undefined }>();
  const problem = useMemo(() => (draft === undefined ? undefined : (missingPart(draft) ?? problemOf(draft))), [draft]);
  const text = problem === undefined ? draft?.text : undefined;
  useEffect(() => {
    if (text === undefined) return;
    let current = true;
    const timer = window.setTimeout(() => {
      engine.call('networks.plan-xml', { uri, xml: text }).then(
        (plan) => {
          if (current) setPlanned({ text, plan });
        },
        (thrown: unknown) => {
          if (!current) return;
          setPlanned({ text, plan: undefined });
          if (!(thrown instanceof EngineError) || thrown.data.code !== 'no-support') reportError(thrown);
        },
      );
    }, quietMs);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
    // Whether others run decides what is in the way.
  }, [uri, text, networks]);

  const plan = planned?.plan;
  const findings = useMemo(() => {
    if (draft?.model === undefined) return [];
    const others = (networks ?? []).filter((each) => each.uuid !== uuid);
    const known = collisions(draft.model.ip, [
      ...others,
      // The bridges of networks are told by their networks' names.
      ...(plan === undefined
        ? devices.filter(({ name }) => name !== own?.bridge && !others.some(({ bridge }) => bridge === name))
        : []),
    ]).map(
      ({ subnet, other, theirs }): NetworkFinding => ({
        id: 'subnet-of-other',
        severity: 'warning',
        message: t('networks:check.collision', { subnet, name: other.name, theirs }),
      }),
    );
    const told = relevantFindings(plan?.findings ?? [], own);
    // The engine's own words on the same subnet say more.
    const saidAlready = told.some(({ id }) => id.startsWith('subnet-'));
    return [...told, ...(saidAlready ? [] : known)];
  }, [draft, networks, devices, plan, own, uuid]);
  return { problem, findings, plan };
}

/** What a form has left open, in its own words. */
function missingPart({ model: network }: NetworkDraft): string | undefined {
  if (network === undefined) return undefined;
  if (network.name.trim() === '') return t('networks:check.name');
  const mode = modeOf(network);
  if (mode === 'bridge' && network.bridge?.name === '') return t('networks:check.bridge');
  if (mode === 'macvtap' && (network.forward?.interface[0]?.dev ?? '') === '') return t('networks:check.device');
  if (mode === 'hostdev' && (network.forward?.pf[0]?.dev ?? 'x') === '') return t('networks:check.device');
  return hasOwnBridge(mode) && network.bridge?.name === '' ? t('networks:check.bridge') : undefined;
}
