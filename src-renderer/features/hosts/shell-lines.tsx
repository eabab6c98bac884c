import { engine } from '../../app/client.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { useAnswer } from '../../app/use-answer.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import styles from './shell-lines.module.css';

const inThisShell = 'eval "$(vivarium env)"';

/** How libvirt's own programs reach this connection: the lines to paste into a shell. */
export function ShellLines({ uri }: { uri: string }): React.JSX.Element | null {
  const address = useAnswer(uri, () => engine.call('connections.libvirt-uri', { uri })).value;
  if (address === undefined) return null;
  return (
    <section className={styles.lines} aria-label={t('hosts:shell.title')}>
      <h3>{t('hosts:shell.title')}</h3>
      <ShellLine text={`virsh -c '${address}' list --all`} of={t('hosts:shell.one')} />
      <ShellLine text={inThisShell} of={t('hosts:shell.all')} />
    </section>
  );
}

/** One line and the button that copies it. */
export function ShellLine({ text, of }: { text: string; of: string }): React.JSX.Element {
  return (
    <div className={styles.line}>
      <p>{of}</p>
      <code data-selectable>{text}</code>
      <CopyButton
        label={t('hosts:shell.copy', { line: text })}
        doneLabel={t('hosts:shell.copied')}
        copy={() => {
          engine.call('clipboard.write', { text }).catch(reportError);
        }}
      />
    </div>
  );
}
