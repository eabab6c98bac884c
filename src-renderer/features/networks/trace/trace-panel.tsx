import ArrowUpDown from 'lucide-react/icons/arrow-up-down';
import Route from 'lucide-react/icons/route';
import X from 'lucide-react/icons/x';
import { useEffect, useMemo } from 'react';
import { ErrorPanel } from '../../../app/feedback/error-panel.tsx';
import { t } from '../../../app/i18n.ts';
import { useInventory } from '../../../app/store/inventory-store.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { Field } from '../../../components/field.tsx';
import { Select, TextInput } from '../../../components/inputs.tsx';
import { announce } from '../../../components/live-region.tsx';
import type { NetworkView } from '../use-networks.ts';
import { type EndChoice, endChoices, readPort } from './ends.ts';
import { findingText, HopList } from './hop-list.tsx';
import styles from './trace.module.css';
import type { TraceState } from './use-trace.ts';

/** Which ends, and what was found between them. */
export function TracePanel({ view, state }: { view: NetworkView; state: TraceState }): React.JSX.Element {
  const { uri, networks, cards } = view;
  const machines = useInventory((all) => all.machines);
  const choices = useMemo(() => {
    const own = [...machines.values()].filter((machine) => machine.uri === uri);
    return endChoices(networks ?? [], own, cards);
  }, [machines, uri, networks, cards]);
  const { from, to, port, asked, error, busy } = state;
  const isPort = readPort(port) !== undefined;
  const isReady = [from, to].every((key) => choices.some((choice) => choice.key === key)) && from !== to && isPort;
  const nameOf = (key: string): string => words(choices.find((choice) => choice.key === key));
  return (
    <section className={styles.panel} aria-label={t('trace:title')}>
      <header className={styles.head}>
        <h2>{t('trace:open')}</h2>
        <IconButton size="small" icon={X} label={t('trace:close')} onClick={() => state.setOpen(false)} />
      </header>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) state.run();
        }}
      >
        <div className={styles.ends}>
          <Field stacked label={t('trace:from')}>
            <End value={from} choices={choices} onChange={(next) => state.set({ from: next })} />
          </Field>
          <Field stacked label={t('trace:to')}>
            <End value={to} choices={choices} onChange={(next) => state.set({ to: next })} />
          </Field>
          <IconButton
            className={styles.swap}
            size="small"
            icon={ArrowUpDown}
            label={t('trace:swap')}
            onClick={() => state.set({ from: to, to: from })}
          />
        </div>
        <Field
          stacked
          label={t('trace:port')}
          hint={t('trace:portHint')}
          {...(isPort ? {} : { error: t('trace:portWrong') })}
        >
          <TextInput value={port} placeholder="tcp/22" maxLength={12} onChange={(next) => state.set({ port: next })} />
        </Field>
        <Button type="submit" variant="primary" icon={Route} busy={busy === 'trace'} disabled={!isReady}>
          {t(asked === undefined ? 'trace:run' : 'trace:again')}
        </Button>
      </form>
      {error !== undefined && <ErrorPanel error={error} />}
      <Answer state={state} names={{ from: nameOf(from), to: nameOf(to) }} />
    </section>
  );
}

function Answer(props: { state: TraceState; names: { from: string; to: string } }): React.JSX.Element | undefined {
  const { state, names } = props;
  const { asked, busy } = state;
  const failed = asked?.trace.hops.find(({ id }) => id === asked.trace.failed);
  const text =
    asked === undefined
      ? ''
      : t(`trace:status.${asked.trace.status}`, { where: failed === undefined ? '' : findingText(failed) });
  useEffect(() => {
    if (text !== '') announce(text);
  }, [text, asked]);
  return (
    <>
      {asked !== undefined && (
        <>
          <p className={styles.summary} data-status={asked.trace.status}>
            {text}
          </p>
          <HopList
            label={t('trace:hops', names)}
            trace={asked.trace}
            busy={busy !== undefined}
            onRepair={state.repair}
          />
        </>
      )}
    </>
  );
}

function words(choice: EndChoice | undefined): string {
  switch (choice?.kind) {
    case 'machine':
      return choice.card === undefined ? choice.name : t('trace:card', { machine: choice.name, card: choice.card });
    case 'network':
      return t('trace:network', { name: choice.name });
    case 'host':
      return t('trace:host');
    case 'internet':
      return t('trace:internet');
    default:
      return t('trace:choose');
  }
}

function End(props: {
  value: string;
  choices: readonly EndChoice[];
  onChange: (key: string) => void;
}): React.JSX.Element {
  const { value, choices, onChange } = props;
  const isKnown = choices.some(({ key }) => key === value);
  return (
    <Select
      value={isKnown ? value : ''}
      options={[
        ...(isKnown ? [] : [{ value: '', label: t('trace:choose'), disabled: true }]),
        ...choices.map((choice) => ({ value: choice.key, label: words(choice) })),
      ]}
      onChange={onChange}
    />
  );
}
