import CircleAlert from 'lucide-react/icons/circle-alert';
import Info from 'lucide-react/icons/info';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { Fragment } from 'react';
import type { Finding } from '../../../src-shared/contract/create.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { keysOf } from '../../app/commands/commands.ts';
import { copyText, ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { formatBytes, formatKiB } from '../../app/format.ts';
import { t, textOf } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { cx } from '../../components/cx.ts';
import { Icon } from '../../components/icon.tsx';
import { Checkbox } from '../../components/inputs.tsx';
import { Meter, type MeterPart } from '../../components/meter.tsx';
import { connectionLabel } from '../networks/choices.ts';
import { completed, missing, type SourceType } from './draft.ts';
import styles from './summary.module.css';
import page from './create-screen.module.css';
import type { CreationState } from './use-creation.ts';

function systemOf(source: SourceType, os: { readonly id: string; readonly name: string }): string {
  if (source === 'small-linux') return t('create:source.small-linux');
  return os.id === '' ? t('create:os.generic') : os.name;
}

const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };

interface SummaryProps {
  readonly state: CreationState;
  readonly busy: boolean;
  readonly error: ErrorData | undefined;
  readonly onCreate: () => Promise<void>;
}

/** What will be made, what it takes of this host, and what to think about before. */
export function Summary({ state, busy, error, onCreate }: SummaryProps): React.JSX.Element {
  const { draft, change, defaults, plan, planError, creation } = state;
  const all = defaults === undefined ? undefined : completed(draft, defaults);
  const [first] = all === undefined ? [] : missing(draft, all.name);
  return (
    <aside className={page['summary']} aria-label={t('create:summary.label')}>
      <div className={styles.scroll}>
        <div className={styles.head}>
          <h2>{all?.name}</h2>
          <p>{defaults === undefined ? undefined : systemOf(draft.source, defaults.resources.os)}</p>
        </div>
        {all !== undefined && (
          <dl className={styles.facts}>
            <dt>{t('create:processor.vcpus')}</dt>
            <dd>{all.vcpus}</dd>
            <dt>{t('create:processor.memory')}</dt>
            <dd>{formatKiB(all.memoryKiB)}</dd>
            <dt>{t('create:storage.title')}</dt>
            <dd>{all.disk === undefined ? t('create:storage.none') : formatBytes(all.disk.sizeBytes)}</dd>
            <dt>{t('create:firmware.title')}</dt>
            <dd>
              {t(`create:firmware.${all.firmware}`)}
              {all.tpm ? ', TPM' : ''}
            </dd>
            <dt>{t('create:network.title')}</dt>
            <dd>{connectionLabel(all.network)}</dd>
            <dt>{t('create:display.title')}</dt>
            <dd>{t(`create:graphics.${all.graphics}`)}</dd>
          </dl>
        )}
        {all !== undefined && <Budget state={state} all={all} />}
        {plan !== undefined && plan.findings.length > 0 && (
          <ul className={styles.findings} aria-label={t('create:summary.findings')}>
            {plan.findings.map((finding) => (
              <FindingLine key={finding.label} finding={finding} />
            ))}
          </ul>
        )}
        {plan !== undefined && (
          <section className={styles.section}>
            <h3>{t('create:summary.command')}</h3>
            <div className={styles.command}>
              <code>
                {/* Broken between words only: the browser would break after the dashes of an option too. */}
                {plan.command.split(' ').map((word, index) => (
                  <Fragment key={index}>
                    {index > 0 && ' '}
                    <span>{word}</span>
                  </Fragment>
                ))}
              </code>
              <CopyButton label={t('action.copy')} doneLabel={t('action.copied')} copy={() => copyText(plan.command)} />
            </div>
          </section>
        )}
        {planError !== undefined && <ErrorPanel error={planError} />}
        {error !== undefined && <ErrorPanel error={error} />}
      </div>
      <div className={styles.foot}>
        <Checkbox label={t('create:startNow')} checked={draft.startNow} onChange={(startNow) => change({ startNow })} />
        <Button
          variant="primary"
          size="large"
          busy={busy}
          disabled={creation === undefined || busy}
          keys={keysOf('create.run')}
          tip={t('create:confirm')}
          onClick={() => {
            onCreate().catch(reportError);
          }}
        >
          {t('create:confirm')}
        </Button>
        <p className={styles.missing} role="status">
          {first === undefined ? '\u00a0' : t(`create:missing.${first}`)}
        </p>
      </div>
    </aside>
  );
}

function FindingLine({ finding }: { finding: Finding }): React.JSX.Element {
  const { severity, label, values } = finding;
  return (
    <li className={cx(styles.finding, styles[severity])}>
      <Icon of={icons[severity]} />
      <span>
        <span className="visually-hidden">{t(`create:severity.${severity}`)}: </span>
        {textOf(`create:findings.${label.replace('create.finding.', '')}`, label, values)}
      </span>
    </li>
  );
}

/** Beyond this share of the host's memory it would start to swap. */
const tight = 0.9;

function Budget({ state, all }: { state: CreationState; all: ReturnType<typeof completed> }): React.JSX.Element {
  const { host, pools } = state;
  const machines = useInventory((inventory) => inventory.machines);
  const running = [...machines.values()].filter((machine) => machine.uri === all.uri && machine.id !== undefined);
  const usedKiB = running.reduce((sum, machine) => sum + machine.memoryKiB, 0);
  const usedCpus = running.reduce((sum, machine) => sum + machine.vcpus, 0);
  const pool = pools.find((each) => each.uuid === all.disk?.pool) ?? pools.find((each) => each.name === 'default');
  return (
    <section className={styles.section}>
      <h3>{t('create:budget.title')}</h3>
      {host?.memoryKiB !== undefined && (
        <Line
          label={t('create:processor.memory')}
          parts={parts(usedKiB, all.memoryKiB, host.memoryKiB)}
          total={host.memoryKiB}
          text={t('create:budget.of', { used: formatKiB(usedKiB + all.memoryKiB), total: formatKiB(host.memoryKiB) })}
        />
      )}
      {host?.cpus !== undefined && (
        <Line
          label={t('create:processor.vcpus')}
          parts={parts(usedCpus, all.vcpus, host.cpus)}
          total={host.cpus}
          text={t('create:budget.of', { used: usedCpus + all.vcpus, total: host.cpus })}
        />
      )}
      {pool !== undefined && all.disk !== undefined && (
        <Line
          label={t('create:budget.disk', { pool: pool.name })}
          parts={parts(pool.capacityBytes - pool.availableBytes, all.disk.sizeBytes, pool.capacityBytes)}
          total={pool.capacityBytes}
          text={t('create:budget.free', { free: formatBytes(pool.availableBytes) })}
        />
      )}
    </section>
  );
}

function parts(used: number, own: number, total: number): readonly MeterPart[] {
  const share = (used + own) / total;
  return [
    { amount: used, tone: 'quiet' },
    { amount: own, tone: share > 1 ? 'danger' : share > tight ? 'warn' : 'accent' },
  ];
}

function Line(props: { label: string; parts: readonly MeterPart[]; total: number; text: string }): React.JSX.Element {
  return (
    <div className={styles.budget}>
      <div className={styles.budgetHead}>
        <span>{props.label}</span>
        <span>{props.text}</span>
      </div>
      <Meter parts={props.parts} total={props.total} label={`${props.label}: ${props.text}`} />
    </div>
  );
}
