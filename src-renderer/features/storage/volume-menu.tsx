import Copy from 'lucide-react/icons/copy';
import Download from 'lucide-react/icons/download';
import Maximize from 'lucide-react/icons/maximize-2';
import Trash from 'lucide-react/icons/trash-2';
import Upload from 'lucide-react/icons/upload';
import type { VolumeInfo } from '../../../src-shared/contract/storage.ts';
import { engine } from '../../app/client.ts';
import { confirm } from '../../app/feedback/confirm.tsx';
import { openDialog } from '../../app/feedback/dialogs.tsx';
import { copyText } from '../../app/feedback/error-panel.tsx';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import type { MenuSection } from '../../components/menu.tsx';
import { ResizeDialog } from './resize-dialog.tsx';

export function volumeMenu(uri: string, volume: VolumeInfo, onChanged: () => void): readonly MenuSection[] {
  const { pool, name, path, usedBy } = volume;
  const target = { uri, pool, name };
  const done = (work: Promise<unknown>): void => {
    work.then(onChanged, reportError);
  };
  const upload = async (): Promise<void> => {
    const from = await engine.call('dialog.open-file', {
      title: t('storage:upload.title', { volume: name }),
      extensions: [],
    });
    if (from === undefined) return;
    const sure = await confirm({
      title: t('storage:upload.title', { volume: name }),
      text: t('storage:upload.text', { file: from }),
      confirm: t('storage:verb.upload'),
      danger: true,
    });
    if (sure) await engine.call('storage.volume-upload', { ...target, from });
  };
  const download = async (): Promise<void> => {
    const to = await engine.call('dialog.save-file', {
      title: t('storage:download.title', { volume: name }),
      defaultName: name,
    });
    if (to !== undefined) await engine.call('storage.volume-download', { ...target, to });
  };
  const remove = async (): Promise<void> => {
    const sure = await confirm({
      title: t('storage:remove.title', { volume: name }),
      text:
        usedBy.length === 0
          ? t('storage:remove.text')
          : t('storage:remove.used', { count: usedBy.length, names: usedBy.join(', ') }),
      confirm: t('storage:verb.delete'),
      danger: true,
    });
    if (sure) await engine.call('storage.volume-delete', target);
  };
  return [
    {
      id: 'change',
      items: [
        {
          id: 'resize',
          label: t('storage:verb.resize'),
          icon: Maximize,
          run: () => openDialog((close) => <ResizeDialog uri={uri} volume={volume} close={close} onDone={onChanged} />),
        },
        { id: 'upload', label: t('storage:verb.upload'), icon: Upload, run: () => done(upload()) },
        { id: 'download', label: t('storage:verb.download'), icon: Download, run: () => done(download()) },
        { id: 'copy', label: t('storage:verb.copyPath'), icon: Copy, run: () => copyText(path) },
      ],
    },
    {
      id: 'delete',
      items: [{ id: 'delete', label: t('storage:verb.delete'), icon: Trash, danger: true, run: () => done(remove()) }],
    },
  ];
}
