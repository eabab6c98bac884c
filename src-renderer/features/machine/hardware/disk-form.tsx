import Eject from 'lucide-react/icons/disc-3';
import FolderOpen from 'lucide-react/icons/folder-open';
import type { Domain } from '../../../../src-shared/model/domain/index.ts';
import { engine } from '../../../app/client.ts';
import { reportError } from '../../../app/feedback/notices.ts';
import { t } from '../../../app/i18n.ts';
import { Button } from '../../../components/button.tsx';
import { Field } from '../../../components/field.tsx';
import { Checkbox, TextInput } from '../../../components/inputs.tsx';
import {
  busesFor,
  caches,
  diskPlace,
  discards,
  ioModes,
  setDiskBus,
  setDiskFlag,
  setDiskSerial,
  setDriver,
  setMedium,
} from '../edit/disks.ts';
import { Choice } from './choice.tsx';
import styles from './hardware.module.css';
import type { Edit } from './item.ts';

export const mediumExtensions = ['iso', 'img', 'raw'];

export function DiskForm(props: { domain: Domain; index: number; edit: Edit }): React.JSX.Element | undefined {
  const { domain, index, edit } = props;
  const disk = domain.devices?.disk[index];
  if (disk === undefined) return undefined;
  const place = diskPlace(disk);
  const removable = disk.device === 'cdrom' || disk.device === 'floppy';
  const insert = async (): Promise<void> => {
    const path = await engine.call('dialog.open-file', {
      title: t('machine:disk.choose'),
      extensions: mediumExtensions,
    });
    if (path !== undefined) edit((now) => setMedium(now, index, path));
  };
  return (
    <>
      <Field label={removable ? t('machine:disk.medium') : t('machine:disk.file')}>
        <span className={styles.place} data-selectable>
          {place ?? t('machine:disk.noMedium')}
        </span>
        {removable && (
          <div className={styles.buttons}>
            <Button
              size="small"
              icon={FolderOpen}
              onClick={() => {
                insert().catch(reportError);
              }}
            >
              {t('machine:disk.insert')}
            </Button>
            {place !== undefined && (
              <Button size="small" icon={Eject} onClick={() => edit((now) => setMedium(now, index, undefined))}>
                {t('machine:disk.eject')}
              </Button>
            )}
          </div>
        )}
      </Field>
      {busesFor(disk.device, domain).length > 0 && (
        <Choice
          label={t('create:storage.bus')}
          hint={removable ? undefined : t('machine:disk.busHint')}
          value={disk.target.bus ?? ''}
          values={busesFor(disk.device, domain)}
          names="create:bus"
          onChange={(bus) => edit((now) => setDiskBus(now, index, bus))}
        />
      )}
      {!removable && (
        <>
          <Choice
            label={t('machine:disk.cache')}
            value={disk.driver?.cache ?? 'default'}
            values={caches}
            names="machine:cache"
            onChange={(cache) => edit((now) => setDriver(now, index, { cache }))}
          />
          <Choice
            label={t('machine:disk.discard')}
            value={disk.driver?.discard ?? 'default'}
            values={discards}
            names="machine:discard"
            onChange={(discard) => edit((now) => setDriver(now, index, { discard }))}
          />
          <Choice
            label={t('machine:disk.io')}
            value={disk.driver?.io ?? 'default'}
            values={ioModes}
            names="machine:io"
            onChange={(io) => edit((now) => setDriver(now, index, { io }))}
          />
          <Field label={t('machine:disk.serial')}>
            <TextInput
              mono
              value={disk.serial ?? ''}
              maxLength={36}
              onChange={(serial) => edit((now) => setDiskSerial(now, index, serial))}
            />
          </Field>
          <Checkbox
            label={t('machine:disk.readonly')}
            checked={disk.readonly === true}
            onChange={(on) => edit((now) => setDiskFlag(now, index, 'readonly', on))}
          />
          <Checkbox
            label={t('machine:disk.shareable')}
            hint={t('machine:disk.shareableHint')}
            checked={disk.shareable === true}
            onChange={(on) => edit((now) => setDiskFlag(now, index, 'shareable', on))}
          />
        </>
      )}
    </>
  );
}
