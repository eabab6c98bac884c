/** Nothing is done to the host before its sentences were read: the dialog that starts, stops or restarts a network. */
import type { NetworkPlan, NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import type { HostChange } from '../../../src-shared/model/network-view.ts';
import { engine, EngineError } from '../../app/client.ts';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { FormDialog } from '../../app/feedback/form-dialog.tsx';
import { hostText } from '../../app/host-words.ts';
import { t } from '../../app/i18n.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { Skeleton } from '../../components/skeleton.tsx';
import { relevantFindings } from './edit/findings.ts';
import { Findings, Sentences } from './plan-view.tsx';

export type HostVerb = 'start' | 'stop' | 'restart';

interface Planned {
  /** What stopping it undoes. */
  readonly undone: readonly string[];
  readonly plan: NetworkPlan | undefined;
}

export function openHostDialog(
  uri: string,
  network: NetworkSummary,
  verb: HostVerb,
  used: readonly string[] = [],
): void {
  openDialog((close) => <HostDialog uri={uri} network={network} verb={verb} used={used} close={close} />);
}

function HostDialog(props: {
  uri: string;
  network: NetworkSummary;
  verb: HostVerb;
  /** Names of running machines that would lose it. */
  used: readonly string[];
  close: () => void;
}): React.JSX.Element {
  const { uri, network, verb, used, close } = props;
  const { uuid, name } = network;
  const planned = useAnswer(`${uri} ${uuid}`, () => planOf(uri, network, verb));
  const { value, error } = planned;
  const findings = value?.plan?.findings ?? [];
  const isBlocked = findings.some(({ severity }) => severity === 'error');
  return (
    <FormDialog
      title={t(`networks:host.${verb}.title`, { name })}
      confirm={t(`networks:host.${verb}.confirm`)}
      valid={value !== undefined && !isBlocked}
      close={close}
      submit={async () => {
        if (verb !== 'start') await engine.call('networks.destroy', { uri, uuid });
        if (verb !== 'stop') await engine.call('networks.start', { uri, uuid });
      }}
    >
      {error !== undefined && <ErrorPanel error={error} />}
      {value === undefined && error === undefined && <Skeleton width={280} />}
      {used.length > 0 && verb !== 'start' && (
        <p>{t('networks:host.used', { count: used.length, names: used.join(', ') })}</p>
      )}
      {value !== undefined && verb !== 'start' && (
        <Sentences label={t('networks:plan.undone')} sentences={value.undone} />
      )}
      {value?.plan !== undefined && (
        <Sentences
          label={t(verb === 'start' ? 'networks:plan.done' : 'networks:plan.then')}
          sentences={value.plan.steps.map(({ sentence, words }) => hostText(sentence, words))}
        />
      )}
      {findings.length > 0 && <Findings findings={findings} />}
      {value !== undefined && verb === 'start' && <p>{t('networks:plan.undo')}</p>}
    </FormDialog>
  );
}

async function planOf(uri: string, network: NetworkSummary, verb: HostVerb): Promise<Planned> {
  const undone = verb === 'start' ? [] : undoOf(await engine.call('networks.host-changes', { uri }), network.uuid);
  if (verb === 'stop') return { undone, plan: undefined };
  const plan = await startPlan(uri, network);
  return { undone, plan: { ...plan, findings: relevantFindings(plan.findings, network) } };
}

/** What runs was planned of another definition than the one it starts with next. */
async function startPlan(uri: string, { uuid, active }: NetworkSummary): Promise<NetworkPlan> {
  if (!active) return await engine.call('networks.plan', { uri, uuid });
  const xml = await engine.call('networks.xml', { uri, uuid, inactive: true });
  try {
    return await engine.call('networks.plan-xml', { uri, xml });
  } catch (thrown) {
    if (!(thrown instanceof EngineError) || thrown.data.code !== 'no-support') throw thrown;
    return await engine.call('networks.plan', { uri, uuid });
  }
}

export function undoOf(changes: readonly HostChange[], uuid: string): readonly string[] {
  const change = changes.find(({ owner }) => owner === `network-${uuid}`);
  return undoSentences(change === undefined ? [] : [change]);
}

/** In the order in which it is undone. */
export function undoSentences(changes: readonly HostChange[]): readonly string[] {
  return changes.flatMap(({ steps }) =>
    [...steps].reverse().flatMap(({ undo, undoWords }) => (undo === undefined ? [] : hostText(undo, undoWords))),
  );
}
