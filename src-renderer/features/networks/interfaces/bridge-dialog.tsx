/** Making a bridge over an interface, or taking one apart: what will be done is read before, and kept or not after. */
import { useState } from 'react';
import type { InterfacePlan } from '../../../../src-shared/model/interface-summary.ts';
import { engine } from '../../../app/client.ts';
import { openDialog } from '../../../app/feedback/dialogs.tsx';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { FormDialog } from '../../../app/feedback/form-dialog.tsx';
import { hostText } from '../../../app/host-words.ts';
import { t } from '../../../app/i18n.ts';
import { type Answer, useAnswer } from '../../../app/use-answer.ts';
import { Field } from '../../../components/field.tsx';
import { Select, TextInput } from '../../../components/inputs.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { Findings, Sentences } from '../plan-view.tsx';
import styles from './interfaces.module.css';

const times = ['15', '30', '60', '120'] as const;
type Time = (typeof times)[number];

export function openBridgeDialog(uri: string, device: string, taken: readonly string[]): void {
  openDialog((close) => <BridgeDialog uri={uri} device={device} taken={taken} close={close} />);
}

export function openUnbridgeDialog(uri: string, bridge: string): void {
  openDialog((close) => <UnbridgeDialog uri={uri} bridge={bridge} close={close} />);
}

interface Common {
  readonly uri: string;
  readonly close: () => void;
}

function BridgeDialog(props: Common & { device: string; taken: readonly string[] }): React.JSX.Element {
  const { uri, device, taken, close } = props;
  const [bridge, setBridge] = useState(() => freeName(taken));
  const [time, setTime] = useState<Time>('30');
  const plan = useAnswer(bridge === '' ? undefined : `${uri} ${device} ${bridge}`, async () =>
    engine.call('interfaces.plan-bridge', { uri, device, bridge }),
  );
  return (
    <FormDialog
      title={t('interfaces:bridge.title', { device })}
      confirm={t('interfaces:bridge.confirm')}
      valid={isPossible(plan.value)}
      close={close}
      submit={async () => {
        await engine.call('interfaces.bridge', { uri, device, bridge, confirmSeconds: Number(time) });
      }}
    >
      <div className={styles.form}>
        <p>{t('interfaces:bridge.text', { device })}</p>
        <Field label={t('interfaces:bridge.name')}>
          <TextInput value={bridge} onChange={setBridge} maxLength={15} mono autoFocus />
        </Field>
        <TimeField time={time} onChange={setTime} />
        <Planned plan={plan} />
      </div>
    </FormDialog>
  );
}

function UnbridgeDialog({ uri, bridge, close }: Common & { bridge: string }): React.JSX.Element {
  const [time, setTime] = useState<Time>('30');
  const plan = useAnswer(`${uri} ${bridge}`, async () => engine.call('interfaces.plan-unbridge', { uri, bridge }));
  return (
    <FormDialog
      title={t('interfaces:unbridge.title', { bridge })}
      confirm={t('interfaces:unbridge.confirm')}
      valid={isPossible(plan.value)}
      close={close}
      submit={async () => {
        await engine.call('interfaces.unbridge', { uri, bridge, confirmSeconds: Number(time) });
      }}
    >
      <div className={styles.form}>
        <p>{t('interfaces:unbridge.text', { bridge })}</p>
        <TimeField time={time} onChange={setTime} />
        <Planned plan={plan} />
      </div>
    </FormDialog>
  );
}

function TimeField({ time, onChange }: { time: Time; onChange: (time: Time) => void }): React.JSX.Element {
  return (
    <Field label={t('interfaces:bridge.time')} hint={t('interfaces:bridge.timeHint')}>
      <Select
        value={time}
        options={times.map((value) => ({ value, label: t('interfaces:bridge.seconds', { count: Number(value) }) }))}
        onChange={onChange}
      />
    </Field>
  );
}

function Planned({ plan: { value, error } }: { plan: Answer<InterfacePlan> }): React.JSX.Element {
  if (error !== undefined) return <ErrorPanel error={error} />;
  if (value === undefined) return <Skeleton width={280} />;
  const { steps, findings, keep, keeper } = value;
  return (
    <>
      {findings.length > 0 && <Findings findings={findings} />}
      {isPossible(value) && (
        <>
          <Sentences label={t('interfaces:plan.now')} sentences={steps.map(text)} />
          {keep.length > 0 && <Sentences label={t('interfaces:plan.keep')} sentences={keep.map(text)} />}
        </>
      )}
      <p>{t(`interfaces:keeper.${keeper.name}`)}</p>
    </>
  );
}

const text = ({ sentence, words }: InterfacePlan['keep'][number]): string => hostText(sentence, words);

const isPossible = (plan: InterfacePlan | undefined): boolean =>
  plan !== undefined && !plan.findings.some(({ severity }) => severity === 'error');

/** `br0`, or the next one. */
function freeName(taken: readonly string[]): string {
  for (let number = 0; ; number += 1) if (!taken.includes(`br${number}`)) return `br${number}`;
}
