import { formatBytes, formatKiB } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { Disclosure } from '../../components/disclosure.tsx';
import { Field } from '../../components/field.tsx';
import { Checkbox, NumberInput, Select } from '../../components/inputs.tsx';
import styles from './create-screen.module.css';
import { completed, hasNewDisk } from './draft.ts';
import { Forwards } from './forwards.tsx';
import { connectionLabel, useNetworkChoices, withCurrent } from '../networks/choices.ts';
import { MemorySlider } from './memory-slider.tsx';
import type { CreationState } from './use-creation.ts';

const GiB = 1024 ** 3;

const options = <V extends string>(values: readonly V[], label: (value: V) => string) =>
  values.map((value) => ({ value, label: label(value) }));

/** Sections for those who want to say more; closed, each tells what it holds. */
export function HardwareSections({ state }: { state: CreationState }): React.JSX.Element | undefined {
  if (state.defaults === undefined) return undefined;
  const all = completed(state.draft, state.defaults);
  return (
    <section className={styles.options} aria-label={t('create:hardware.label')}>
      <Processor state={state} all={all} />
      <Storage state={state} all={all} />
      <Firmware state={state} all={all} />
      <Network state={state} all={all} />
      <Display state={state} all={all} />
    </section>
  );
}

interface SectionProps {
  readonly state: CreationState;
  readonly all: ReturnType<typeof completed>;
}

function Processor({ state: { change, host }, all }: SectionProps): React.JSX.Element {
  return (
    <Disclosure
      title={t('create:processor.title')}
      detail={t('create:processor.detail', { count: all.vcpus, memory: formatKiB(all.memoryKiB) })}
    >
      <Field label={t('create:processor.memory')}>
        <MemorySlider kiB={all.memoryKiB} hostKiB={host?.memoryKiB} onChange={(memoryKiB) => change({ memoryKiB })} />
      </Field>
      <Field
        label={t('create:processor.vcpus')}
        hint={host === undefined ? undefined : t('create:processor.hostCpus', { count: host.cpus })}
      >
        <NumberInput value={all.vcpus} min={1} max={512} onChange={(vcpus) => change({ vcpus })} />
      </Field>
    </Disclosure>
  );
}

function Storage({ state: { draft, change, pools }, all }: SectionProps): React.JSX.Element {
  const { disk } = all;
  return (
    <Disclosure
      title={t('create:storage.title')}
      detail={
        disk === undefined
          ? t('create:storage.none')
          : `${formatBytes(disk.sizeBytes)} · ${disk.format} · ${t(`create:bus.${disk.bus}`)}`
      }
    >
      <Checkbox
        label={t('create:storage.new')}
        checked={hasNewDisk(draft)}
        onChange={(newDisk) => change({ newDisk })}
      />
      {disk !== undefined && (
        <>
          <Field label={t('create:storage.size')} hint={t('create:storage.sizeHint')}>
            <NumberInput
              value={Math.round((disk.sizeBytes / GiB) * 100) / 100}
              min={0.1}
              max={65_536}
              step={1}
              unit="GiB"
              onChange={(size) => change({ diskBytes: Math.round(size * GiB) })}
            />
          </Field>
          {pools.length > 1 && (
            <Field label={t('create:storage.pool')}>
              <Select
                value={disk.pool ?? pools.find((pool) => pool.name === 'default')?.uuid ?? pools[0]?.uuid ?? ''}
                options={pools.map((pool) => ({
                  value: pool.uuid,
                  label: t('create:storage.poolFree', { name: pool.name, free: formatBytes(pool.availableBytes) }),
                }))}
                onChange={(pool) => change({ pool })}
              />
            </Field>
          )}
          <Field label={t('create:storage.format')}>
            <Select
              value={disk.format}
              options={options(['qcow2', 'raw'] as const, (format) => t(`create:format.${format}`))}
              onChange={(diskFormat) => change({ diskFormat })}
            />
          </Field>
          <Field label={t('create:storage.bus')}>
            <Select
              value={disk.bus}
              options={options(['virtio', 'scsi', 'sata', 'ide', 'usb'] as const, (bus) => t(`create:bus.${bus}`))}
              onChange={(diskBus) => change({ diskBus })}
            />
          </Field>
        </>
      )}
    </Disclosure>
  );
}

function Firmware({ state: { change }, all }: SectionProps): React.JSX.Element {
  return (
    <Disclosure
      title={t('create:firmware.title')}
      detail={[t(`create:firmware.${all.firmware}`), all.tpm && 'TPM 2.0', all.machine]
        .filter((part) => part !== false)
        .join(' · ')}
    >
      <Field label={t('create:firmware.label')}>
        <Select
          value={all.firmware}
          options={options(['bios', 'efi', 'efi-secure'] as const, (firmware) => t(`create:firmware.${firmware}`))}
          onChange={(firmware) => change({ firmware })}
        />
      </Field>
      <Field label={t('create:firmware.machine')}>
        <Select
          value={all.machine}
          options={options(['q35', 'pc'] as const, (machine) => t(`create:machine.${machine}`))}
          onChange={(machine) => change({ machine })}
        />
      </Field>
      <Checkbox
        label={t('create:firmware.tpm')}
        hint={t('create:firmware.tpmHint')}
        checked={all.tpm}
        onChange={(tpm) => change({ tpm })}
      />
    </Disclosure>
  );
}

const netModels = ['virtio', 'e1000e', 'e1000', 'rtl8139', 'vmxnet3', 'usb-net'] as const;

function Network({ state: { draft, change }, all }: SectionProps): React.JSX.Element {
  const choices = useNetworkChoices(all.uri);
  const model = netModels.find((each) => each === all.netModel) ?? 'virtio';
  return (
    <Disclosure
      title={t('create:network.title')}
      detail={
        all.network === 'none'
          ? t('create:network.none')
          : [
              connectionLabel(all.network),
              all.netModel,
              all.forwards.length > 0 && t('create:network.count', { count: all.forwards.length }),
            ]
              .filter((part) => part !== false)
              .join(' · ')
      }
    >
      <Field label={t('create:network.label')} hint={all.network === 'user' ? t('create:network.userHint') : undefined}>
        <Select
          value={all.network}
          options={options(withCurrent(choices, all.network), connectionLabel)}
          onChange={(network) => change({ network })}
        />
      </Field>
      {all.network !== 'none' && (
        <>
          <Field label={t('create:network.model')}>
            <Select
              value={model}
              options={options(netModels, (each) => t(`create:netModel.${each}`))}
              onChange={(netModel) => change({ netModel })}
            />
          </Field>
          {all.network === 'user' && (
            <Forwards forwards={draft.forwards} onChange={(forwards) => change({ forwards })} />
          )}
        </>
      )}
    </Disclosure>
  );
}

function Display({ state: { change }, all }: SectionProps): React.JSX.Element {
  const sounds = ['ich9', 'ich6', 'ac97', 'usb', 'none'] as const;
  return (
    <Disclosure
      title={t('create:display.title')}
      detail={
        all.graphics === 'none'
          ? t('create:display.none')
          : [t(`create:graphics.${all.graphics}`), all.video, all.sound]
              .filter((part) => part !== undefined)
              .join(' · ')
      }
    >
      <Field label={t('create:display.graphics')}>
        <Select
          value={all.graphics}
          options={options(['spice', 'vnc', 'none'] as const, (graphics) => t(`create:graphics.${graphics}`))}
          onChange={(graphics) => change({ graphics })}
        />
      </Field>
      {all.graphics !== 'none' && (
        <>
          <Field label={t('create:display.video')}>
            <Select
              value={all.video}
              options={options(['virtio', 'qxl', 'vga', 'bochs', 'none'] as const, (video) =>
                t(`create:video.${video}`),
              )}
              onChange={(video) => change({ video })}
            />
          </Field>
          <Field label={t('create:display.sound')}>
            <Select
              value={sounds.find((sound) => sound === all.sound) ?? 'none'}
              options={options(sounds, (sound) => t(`create:sound.${sound}`))}
              onChange={(sound) => change({ sound })}
            />
          </Field>
        </>
      )}
    </Disclosure>
  );
}
