import CircleCheck from 'lucide-react/icons/circle-check';
import CircleHelp from 'lucide-react/icons/circle-help';
import CircleX from 'lucide-react/icons/circle-x';
import Wrench from 'lucide-react/icons/wrench';
import type { Trace, TraceHop } from '../../../../src-shared/model/network-trace.ts';
import { t, textOf } from '../../../app/i18n.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import styles from './trace.module.css';

const icons = { ok: CircleCheck, failed: CircleX, unknown: CircleHelp };

export const findingText = ({ finding, text, values }: TraceHop): string =>
  textOf(`trace:finding.${finding}`, text, values);

/** The hops in their order: what was found, the line that says so, and what can be done about the first that failed. */
export function HopList(props: {
  label: string;
  trace: Trace;
  busy: boolean;
  onRepair: (hop: TraceHop) => void;
}): React.JSX.Element {
  const { label, trace, busy, onRepair } = props;
  const stop = trace.hops.findIndex(({ id }) => id === trace.failed);
  return (
    <ol className={styles.hops} aria-label={label}>
      {trace.hops.map((hop, place) => (
        <li key={hop.id} className={styles.hop} data-status={hop.status} data-beyond={stop >= 0 && place > stop}>
          <Icon of={icons[hop.status]} />
          <div className={styles.found}>
            <p>
              <span className={styles.kind}>{t(`trace:kind.${hop.kind}`)}</span>
              <span className="visually-hidden"> {t(`trace:hop.${hop.status}`)}: </span>
              {findingText(hop)}
            </p>
            {hop.evidence.map(({ source, line }) => (
              <details key={`${source} ${line}`} className={styles.evidence} open={hop.id === trace.failed}>
                <summary>{source}</summary>
                <code>{line}</code>
              </details>
            ))}
            {hop.advice !== undefined && hop.status !== 'ok' && (
              <p className={styles.advice}>{textOf(`trace:advice.${hop.advice.key}`, hop.advice.text)}</p>
            )}
            {hop.repair !== undefined && <Repair hop={hop} repair={hop.repair} busy={busy} onRepair={onRepair} />}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Repair(props: {
  hop: TraceHop;
  repair: NonNullable<TraceHop['repair']>;
  busy: boolean;
  onRepair: (hop: TraceHop) => void;
}): React.JSX.Element {
  const { hop, repair, busy, onRepair } = props;
  const { action, steps } = repair;
  const sentences =
    action === 'start-machine' || action === 'plug-in'
      ? [t(`trace:repairText.${action}`)]
      : steps.map(({ sentence, words }) =>
          words === undefined ? sentence : textOf(`host:${words.key}`, sentence, words.values ?? {}),
        );
  return (
    <div className={styles.repair}>
      <Button variant="primary" icon={Wrench} busy={busy} disabled={busy} onClick={() => onRepair(hop)}>
        {t(busy ? 'trace:repairing' : 'trace:repair')}
      </Button>
      <ul aria-label={t('trace:steps')}>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}
