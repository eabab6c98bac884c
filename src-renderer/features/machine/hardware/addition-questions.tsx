import Bug from 'lucide-react/icons/bug';
import Cable from 'lucide-react/icons/cable';
import Dices from 'lucide-react/icons/dices';
import Disc from 'lucide-react/icons/disc-3';
import FolderOpen from 'lucide-react/icons/folder-open';
import Gpu from 'lucide-react/icons/gpu';
import HardDrive from 'lucide-react/icons/hard-drive';
import Monitor from 'lucide-react/icons/monitor';
import Mouse from 'lucide-react/icons/mouse';
import Network from 'lucide-react/icons/network';
import ShieldCheck from 'lucide-react/icons/shield-check';
import Terminal from 'lucide-react/icons/terminal';
import Timer from 'lucide-react/icons/timer';
import Volume from 'lucide-react/icons/volume-2';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import type { PoolInfo } from '../../../../src-shared/contract/storage.ts';
import { engine } from '../../../app/client.ts';
import { reportError } from '../../../app/feedback/notices.ts';
import { formatBytes } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import { Button } from '../../../components/button.tsx';
import { Field } from '../../../components/field.tsx';
import type { IconType } from '../../../components/icon.tsx';
import { NumberInput, Select, TextInput } from '../../../components/inputs.tsx';
import { cardModels } from '../edit/cards.ts';
import { busesFor, formatNamed } from '../edit/disks.ts';
import {
  channelKinds,
  graphicsTypes,
  inputBuses,
  inputTypes,
  panicModels,
  rngSources,
  soundModels,
  tpmModels,
  videoModels,
  watchdogModels,
} from '../edit/new-devices.ts';
import type { Addition, AdditionKind } from './addition.ts';
import { Choice } from './choice.tsx';
import { mediumExtensions } from './disk-form.tsx';
import styles from './hardware.module.css';

export const additionIcons: Readonly<Record<AdditionKind, IconType>> = {
  disk: HardDrive,
  cdrom: Disc,
  interface: Network,
  graphics: Monitor,
  video: Gpu,
  sound: Volume,
  input: Mouse,
  serial: Terminal,
  channel: Cable,
  tpm: ShieldCheck,
  rng: Dices,
  watchdog: Timer,
  panic: Bug,
};

interface QuestionsProps {
  readonly addition: Addition;
  readonly domain: Domain;
  readonly pools: readonly PoolInfo[];
  readonly pool: PoolInfo | undefined;
  readonly change: (change: Partial<Addition>) => void;
}

const imageExtensions = ['qcow2', 'img', 'raw', 'vmdk', 'vdi', 'vhd'];

/** What there is to say about the device that is added. */
export function AdditionQuestions(props: QuestionsProps): React.JSX.Element {
  const { addition, change } = props;
  const model = t('machine:simple.model');
  switch (addition.kind) {
    case 'disk':
      return <DiskQuestions {...props} />;
    case 'cdrom':
      return (
        <FileField
          label={t('machine:disk.medium')}
          hint={t('machine:add.mediumHint')}
          extensions={mediumExtensions}
          path={addition.path}
          onPath={(path) => change({ path })}
        />
      );
    case 'interface':
      return (
        <Choice
          label={t('create:network.model')}
          value={addition.cardModel}
          values={cardModels}
          names="create:netModel"
          onChange={(cardModel) => change({ cardModel })}
        />
      );
    case 'graphics':
      return (
        <Choice
          label={t('create:display.graphics')}
          value={addition.graphics}
          values={graphicsTypes}
          names="create:graphics"
          onChange={(graphics) => change({ graphics })}
        />
      );
    case 'video':
      return (
        <Choice
          label={model}
          value={addition.video}
          values={videoModels.filter((each) => each !== 'none')}
          names="create:video"
          onChange={(video) => change({ video })}
        />
      );
    case 'sound':
      return (
        <Choice
          label={model}
          value={addition.sound}
          values={soundModels}
          names="create:sound"
          onChange={(sound) => change({ sound })}
        />
      );
    case 'input':
      return (
        <>
          <Choice
            label={t('machine:simple.kind')}
            value={addition.input}
            values={inputTypes}
            names="machine:input"
            onChange={(input) => change({ input })}
          />
          <Choice
            label={t('create:storage.bus')}
            value={addition.inputBus}
            values={inputBuses.filter((bus) => bus !== 'ps2')}
            names="machine:inputBus"
            onChange={(inputBus) => change({ inputBus })}
          />
        </>
      );
    case 'serial':
      return <p className={styles.hint}>{t('machine:add.serialHint')}</p>;
    case 'channel':
      return (
        <Choice
          label={t('machine:simple.kind')}
          value={addition.channel}
          values={channelKinds}
          names="machine:channel"
          onChange={(channel) => change({ channel })}
        />
      );
    case 'tpm':
      return (
        <Choice
          label={model}
          hint={t('create:firmware.tpmHint')}
          value={addition.tpm}
          values={tpmModels}
          names="machine:tpm"
          onChange={(tpm) => change({ tpm })}
        />
      );
    case 'rng':
      return (
        <Choice
          label={t('machine:simple.source')}
          value={addition.rng}
          values={rngSources}
          names="machine:rng"
          onChange={(rng) => change({ rng })}
        />
      );
    case 'watchdog':
      return (
        <Choice
          label={model}
          value={addition.watchdog}
          values={watchdogModels}
          names="machine:watchdog"
          onChange={(watchdog) => change({ watchdog })}
        />
      );
    case 'panic':
      return (
        <Choice
          label={model}
          value={addition.panic}
          values={panicModels}
          names="machine:panic"
          onChange={(panic) => change({ panic })}
        />
      );
  }
}

function DiskQuestions({ addition, domain, pools, pool, change }: QuestionsProps): React.JSX.Element {
  const { name } = addition;
  return (
    <>
      <Choice
        label={t('machine:add.from')}
        value={addition.diskFrom}
        values={['new', 'file'] as const}
        names="machine:add.diskFrom"
        onChange={(diskFrom) => change({ diskFrom })}
      />
      {addition.diskFrom === 'file' ? (
        <FileField
          label={t('machine:disk.file')}
          hint={addition.path === '' ? undefined : t('machine:add.format', { format: addition.fileFormat })}
          extensions={imageExtensions}
          path={addition.path}
          onPath={(path, format) =>
            change({ path, ...(format === undefined ? {} : { fileFormat: formatNamed(format) }) })
          }
        />
      ) : (
        <>
          <Field
            label={t('storage:column.name')}
            hint={t('machine:add.madeLater')}
            error={name.includes('/') ? t('storage:noSlash') : undefined}
          >
            <TextInput value={name} maxLength={240} onChange={(next) => change({ name: next })} />
          </Field>
          <Field label={t('create:storage.size')} hint={t('create:storage.sizeHint')}>
            <NumberInput
              value={addition.sizeGiB}
              min={0.001}
              max={65_536}
              unit="GiB"
              onChange={(sizeGiB) => change({ sizeGiB })}
            />
          </Field>
          {pools.length > 1 && pool !== undefined && (
            <Field label={t('create:storage.pool')}>
              <Select
                value={pool.uuid}
                options={pools.map((each) => ({
                  value: each.uuid,
                  label: t('create:storage.poolFree', { name: each.name, free: formatBytes(each.availableBytes) }),
                }))}
                onChange={(next) => change({ pool: next })}
              />
            </Field>
          )}
          <Choice
            label={t('create:storage.format')}
            value={addition.newFormat}
            values={['qcow2', 'raw'] as const}
            names="create:format"
            onChange={(newFormat) => change({ newFormat })}
          />
        </>
      )}
      <Choice
        label={t('create:storage.bus')}
        value={addition.bus}
        values={busesFor('disk', domain)}
        names="create:bus"
        onChange={(bus) => change({ bus })}
      />
    </>
  );
}

function FileField(props: {
  label: string;
  hint?: string | undefined;
  extensions: readonly string[];
  path: string;
  /** The format comes from the file's own header. */
  onPath: (path: string, format?: string) => void;
}): React.JSX.Element {
  const { label, hint, extensions, path, onPath } = props;
  const take = async (chosen: string): Promise<void> => {
    const medium = await engine.call('create.inspect-medium', { path: chosen });
    onPath(chosen, medium.format);
  };
  const browse = async (): Promise<void> => {
    const chosen = await engine.call('dialog.open-file', { title: label, extensions: [...extensions] });
    if (chosen !== undefined) await take(chosen);
  };
  return (
    <Field label={label} hint={hint}>
      <div className={styles.path}>
        <TextInput
          mono
          value={path}
          onChange={(next) => onPath(next)}
          onBlur={() => {
            if (path.startsWith('/')) take(path).catch(reportError);
          }}
        />
        <Button
          icon={FolderOpen}
          onClick={() => {
            browse().catch(reportError);
          }}
        >
          {t('create:path.browse')}
        </Button>
      </div>
    </Field>
  );
}
