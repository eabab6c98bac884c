import { useMemo } from 'react';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { textOf, t } from '../../../app/i18n.ts';
import { Combobox, type ComboOption } from '../../../components/combobox.tsx';
import { Field } from '../../../components/field.tsx';
import { NumberInput } from '../../../components/inputs.tsx';
import { type CpuShape, cpuChoiceOf, setCpuModel, setTopology, setVcpus, shapeOf, vcpusOf } from '../edit/processor.ts';
import type { Host } from './use-host.ts';
import styles from './hardware.module.css';
import type { Edit } from './item.ts';

const modes = ['host-passthrough', 'host-model', 'maximum'] as const;
const most = 512;
/** No model of the list: what the hypervisor gives by itself. */
const byDefault = 'default';

export function ProcessorForm(props: { domain: Domain; edit: Edit; host: Host }): React.JSX.Element {
  const { domain, edit, host } = props;
  const { maximum, current } = vcpusOf(domain);
  const shape: CpuShape = domain.cpu?.topology ?? shapeOf(maximum);
  const choice = cpuChoiceOf(domain);
  const options = useMemo((): readonly ComboOption[] => {
    const models = host.cpuModels.map(({ name, usable }) => ({
      value: name,
      label: name,
      ...(usable ? {} : { detail: t('machine:processor.unusable') }),
    }));
    const named = [byDefault, ...modes].map((value) => ({
      value,
      label: textOf(`machine:processor.model.${value}`, value),
    }));
    const own = choice === '' || [...named, ...models].some(({ value }) => value === choice);
    return [...named, ...(own ? [] : [{ value: choice, label: choice }]), ...models];
  }, [host.cpuModels, choice]);
  const set = (change: Partial<CpuShape>): void =>
    edit((now) => setTopology(now, { sockets: shape.sockets, cores: shape.cores, threads: shape.threads, ...change }));
  return (
    <>
      <Field
        label={t('machine:processor.on')}
        hint={host.cpus === undefined ? undefined : t('create:processor.hostCpus', { count: host.cpus })}
      >
        <NumberInput
          value={current}
          min={1}
          max={most}
          onChange={(count) => edit((now) => setVcpus(now, Math.max(count, vcpusOf(now).maximum), count))}
        />
      </Field>
      <Field label={t('machine:processor.most')} hint={t('machine:processor.mostHint')}>
        <NumberInput
          value={maximum}
          min={1}
          max={most}
          onChange={(count) =>
            edit((now) => {
              const before = vcpusOf(now);
              return setVcpus(now, count, before.current === before.maximum ? count : Math.min(before.current, count));
            })
          }
        />
      </Field>
      <Field label={t('machine:processor.topology')} hint={t('machine:processor.topologyHint')}>
        <div className={styles.triple}>
          {(['cores', 'threads', 'sockets'] as const).map((part) => (
            <label key={part} className={styles.part}>
              <NumberInput
                aria-label={t(`machine:processor.part.${part}`)}
                value={shape[part]}
                min={1}
                max={most}
                onChange={(count) => set({ [part]: count })}
              />
              <span aria-hidden>{t(`machine:processor.part.${part}`)}</span>
            </label>
          ))}
        </div>
      </Field>
      <Field label={t('machine:processor.modelLabel')}>
        <Combobox
          value={choice === '' ? byDefault : choice}
          options={options}
          noneLabel={t('machine:processor.noModel')}
          openLabel={t('create:os.open')}
          onChange={(next) => edit((now) => setCpuModel(now, next === byDefault ? '' : next))}
        />
      </Field>
    </>
  );
}
