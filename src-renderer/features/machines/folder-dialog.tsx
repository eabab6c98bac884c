import Folder from 'lucide-react/icons/folder';
import FolderX from 'lucide-react/icons/folder-x';
import { useState } from 'react';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { TextInput } from '../../components/inputs.tsx';
import { MuiScope } from '../../components/mui/scope.tsx';
import { organise } from './actions.ts';
import styles from './dialogs.module.css';
import { folderTree } from './view.ts';

/** Moves machines to a folder: one that is there, or a new one. */
export default function FolderDialog(props: { machines: readonly Machine[]; close: () => void }): React.JSX.Element {
  const { machines, close } = props;
  const folders = folderTree(useInventory.getState().machines.values());
  const first = machines[0]?.folder ?? '';
  const [folder, setFolder] = useState(machines.every((machine) => (machine.folder ?? '') === first) ? first : '');
  const clean = folder
    .split('/')
    .map((part) => part.trim())
    .filter(Boolean)
    .join('/');
  return (
    <MuiScope>
      <Dialog
        title={t('machines:folder.title', { count: machines.length, name: machines[0]?.name ?? '' })}
        onClose={close}
        onSubmit={() => {
          close();
          organise(machines, { folder: clean }).catch(reportError);
        }}
        actions={
          <>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button type="submit" variant="primary">
              {t('machines:folder.confirm')}
            </Button>
          </>
        }
      >
        <Field stacked label={t('machines:folder.label')} hint={t('machines:folder.hint')}>
          <TextInput value={folder} onChange={setFolder} autoFocus selectName maxLength={255} />
        </Field>
        <div className={styles.list}>
          <button type="button" className={styles.choice} aria-pressed={clean === ''} onClick={() => setFolder('')}>
            <Icon of={FolderX} />
            {t('machines:grouping.noFolder')}
          </button>
          {folders.map(({ path, depth, name }) => (
            <button
              key={path}
              type="button"
              className={styles.choice}
              style={{ paddingLeft: 8 + depth * 16 }}
              aria-pressed={clean === path}
              onClick={() => setFolder(path)}
            >
              <Icon of={Folder} />
              {name}
            </button>
          ))}
        </div>
      </Dialog>
    </MuiScope>
  );
}
