import Cloud from 'lucide-react/icons/cloud';
import Disc from 'lucide-react/icons/disc-3';
import FileQuestion from 'lucide-react/icons/file-question-mark';
import FolderOpen from 'lucide-react/icons/folder-open';
import HardDrive from 'lucide-react/icons/hard-drive';
import Link from 'lucide-react/icons/link';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import Sprout from 'lucide-react/icons/sprout';
import SquareDashed from 'lucide-react/icons/square-dashed';
import { useEffect, useState } from 'react';
import { engine } from '../../app/client.ts';
import { ErrorPanel } from '../../app/feedback/error-panel.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { formatBytes } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { Button } from '../../components/button.tsx';
import { cx } from '../../components/cx.ts';
import { Field } from '../../components/field.tsx';
import { Icon, type IconType } from '../../components/icon.tsx';
import { Checkbox, TextInput } from '../../components/inputs.tsx';
import styles from './source-picker.module.css';
import page from './create-screen.module.css';
import { needsFile, type SourceType, sourceTypes } from './draft.ts';
import type { CreationState } from './use-creation.ts';

const icons: Readonly<Record<SourceType, IconType>> = {
  iso: Disc,
  disk: HardDrive,
  cloud: Cloud,
  url: Link,
  empty: SquareDashed,
  'small-linux': Sprout,
};

const extensions: Readonly<Partial<Record<SourceType, readonly string[]>>> = {
  iso: ['iso', 'img'],
  disk: ['qcow2', 'img', 'raw', 'vmdk', 'vdi', 'vhd', 'vhdx'],
  cloud: ['qcow2', 'img', 'raw'],
};

/** Where the system comes from. */
export function SourcePicker({ state }: { state: CreationState }): React.JSX.Element {
  const { draft, change, mediumError } = state;
  const [smallLinux, setSmallLinux] = useState(false);
  useEffect(() => {
    engine.call('create.small-linux', {}).then(({ available }) => setSmallLinux(available), reportError);
  }, []);

  const browse = async (): Promise<void> => {
    const path = await engine.call('dialog.open-file', {
      title: t(`create:browse.${draft.source}`),
      extensions: [...(extensions[draft.source] ?? [])],
    });
    if (path !== undefined) change({ path, medium: undefined, osId: undefined });
  };

  return (
    <section className={page['group']} aria-label={t('create:source.label')}>
      <div className={styles.sources} role="radiogroup" aria-label={t('create:source.label')}>
        {sourceTypes
          .filter((source) => source !== 'small-linux' || smallLinux)
          .map((source) => (
            <label key={source} className={styles.source}>
              <input type="radio" name="source" checked={draft.source === source} onChange={() => change({ source })} />
              <Icon of={icons[source]} />
              {t(`create:source.${source}`)}
            </label>
          ))}
      </div>
      <p className={styles.about}>{t(`create:about.${draft.source}`)}</p>
      {needsFile(draft.source) && (
        <>
          <Field stacked label={t('create:path.label')}>
            <div className={styles.file}>
              <TextInput
                mono
                value={draft.path}
                placeholder={t('create:path.placeholder')}
                onChange={(path) => change({ path, medium: undefined, osId: undefined })}
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
          {draft.path !== '' && mediumError === undefined && <Medium state={state} />}
          {mediumError !== undefined && <ErrorPanel error={mediumError} />}
          {draft.source === 'disk' && (
            <Checkbox
              label={t('create:copy.label')}
              hint={t('create:copy.hint')}
              checked={draft.mode === 'copy'}
              onChange={(on) => change({ mode: on ? 'copy' : 'reference' })}
            />
          )}
        </>
      )}
      {draft.source === 'url' && (
        <Field stacked label={t('create:url.label')} hint={t('create:url.hint')}>
          <TextInput mono type="url" value={draft.url} placeholder="https://" onChange={(url) => change({ url })} />
        </Field>
      )}
    </section>
  );
}

/** What was found at the path. */
function Medium({ state }: { state: CreationState }): React.JSX.Element {
  const { draft, inspecting } = state;
  const { medium } = draft;
  if (medium === undefined) {
    return (
      <div className={styles.medium} aria-busy={inspecting}>
        <Icon of={LoaderCircle} />
        {t('create:medium.reading')}
      </div>
    );
  }
  const unknown = medium.kind === 'unknown' || medium.os === undefined;
  const meta = [
    medium.format.toUpperCase(),
    medium.virtualSizeBytes === undefined || medium.virtualSizeBytes === medium.sizeBytes
      ? formatBytes(medium.sizeBytes)
      : t('create:medium.virtual', {
          size: formatBytes(medium.virtualSizeBytes),
          file: formatBytes(medium.sizeBytes),
        }),
    medium.volumeId,
    medium.backingPath === undefined ? undefined : t('create:medium.backing', { path: medium.backingPath }),
    medium.bootable === false ? t('create:medium.notBootable') : undefined,
  ].filter((part) => part !== undefined && part !== '');
  return (
    <div className={cx(styles.medium, unknown && styles.warn)} role="status">
      <Icon of={unknown ? FileQuestion : icons[draft.source]} />
      <div className={styles.mediumText}>
        <div className="truncate">
          {medium.os !== undefined
            ? t('create:medium.recognised', { os: medium.os.name })
            : t(medium.kind === 'unknown' ? 'create:medium.unreadable' : 'create:medium.unknown')}
        </div>
        <div className={cx(styles.mediumMeta, 'truncate')}>{meta.join(' · ')}</div>
      </div>
    </div>
  );
}
