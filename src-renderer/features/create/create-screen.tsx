import ArrowLeft from 'lucide-react/icons/arrow-left';
import { useState } from 'react';
import type { ErrorData } from '../../../src-shared/errors.ts';
import { engine, errorDataOf } from '../../app/client.ts';
import { useShortcutCommand } from '../../app/commands/use-command.ts';
import { useFileDrop } from '../../app/file-drop.ts';
import { t } from '../../app/i18n.ts';
import { go, paths } from '../../app/routes.ts';
import { IconButton } from '../../components/button.tsx';
import { ScreenBar } from '../../components/toolbar.tsx';
import styles from './create-screen.module.css';
import { HardwareSections } from './hardware-sections.tsx';
import { Identity } from './identity.tsx';
import { SourcePicker } from './source-picker.tsx';
import { Summary } from './summary.tsx';
import { useCreation } from './use-creation.ts';

/** Everything about a new machine on one page; what is not said follows the system that goes in. */
export default function CreateScreen(): React.JSX.Element {
  const state = useCreation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorData>();
  const { creation, change } = state;
  useFileDrop((path) => change({ path, medium: undefined, osId: undefined }));

  const create = async (): Promise<void> => {
    if (creation === undefined || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await engine.call('create.run', creation);
      // What is left is a task; the page has nothing more to say.
      go(paths.machines);
    } catch (thrown) {
      setError(errorDataOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  useShortcutCommand({
    id: 'create.run',
    group: 'create',
    title: () => t('create:confirm'),
    shortcut: 'Ctrl+Enter',
    isEnabled: () => creation !== undefined && !busy,
    run: create,
  });
  useShortcutCommand({
    id: 'create.leave',
    group: 'create',
    title: () => t('create:leave'),
    shortcut: 'Esc',
    hidden: true,
    run: () => go(paths.machines),
  });

  return (
    <div className={styles.screen}>
      <ScreenBar
        title={
          <>
            <IconButton icon={ArrowLeft} label={t('action.back')} keys="Esc" onClick={() => go(paths.machines)} />
            {t('create:title')}
          </>
        }
      />
      <div className={styles.columns}>
        <div className={styles.form}>
          <div className={styles.formInner}>
            <SourcePicker state={state} />
            <Identity state={state} />
            <HardwareSections state={state} />
          </div>
        </div>
        <Summary state={state} busy={busy} error={error} onCreate={create} />
      </div>
    </div>
  );
}
