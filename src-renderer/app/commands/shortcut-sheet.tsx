import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { KeyHint } from '../../components/key-hint.tsx';
import { t } from '../i18n.ts';
import { go, paths } from '../routes.ts';
import { commands, keysOf } from './commands.ts';
import { commandGroups } from './registry.ts';
import styles from './shortcut-sheet.module.css';

/** Every shortcut there is, as they are bound now. */
export default function ShortcutSheet({ close }: { close: () => void }): React.JSX.Element {
  const groups = commandGroups.map((group) => ({
    group,
    lines: commands
      .list()
      .filter((command) => command.group === group)
      .map((command) => ({ id: command.id, title: command.title(), keys: keysOf(command.id) }))
      .filter((line): line is typeof line & { keys: string } => line.keys !== undefined)
      // A screen may have its own way of doing the same.
      .filter(
        (line, index, all) => all.findIndex(({ title, keys }) => title === line.title && keys === line.keys) === index,
      ),
  }));
  return (
    <Dialog
      title={t('commands.shortcuts')}
      wide
      onClose={close}
      onSubmit={close}
      actions={
        <>
          <Button
            data-start
            variant="quiet"
            onClick={() => {
              close();
              go(`${paths.settings}/shortcuts`);
            }}
          >
            {t('shortcuts.change')}
          </Button>
          <Button type="submit" variant="primary">
            {t('action.close')}
          </Button>
        </>
      }
    >
      <div className={styles.groups}>
        {groups
          .filter(({ lines }) => lines.length > 0)
          .map(({ group, lines }) => (
            <section key={group} className={styles.group}>
              <h3>{t(`commandGroups.${group}`)}</h3>
              <ul>
                {lines.map((line) => (
                  <li key={line.id} className={styles.line}>
                    {line.title}
                    <KeyHint keys={line.keys} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
      </div>
    </Dialog>
  );
}
