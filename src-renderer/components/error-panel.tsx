import CircleAlert from 'lucide-react/icons/circle-alert';
import type { ErrorData } from '../../src-shared/errors.ts';
import { CopyButton } from './copy-button.tsx';
import { cx } from './cx.ts';
import styles from './error-panel.module.css';
import { Icon } from './icon.tsx';

export interface ErrorWords {
  readonly cause: string;
  readonly fix: string;
  readonly details: string;
  readonly copy: string;
  readonly copied: string;
}

/** An error in four parts: what failed, why, what to do, and the raw material for those who want it. */
export function ErrorPanelView(props: {
  error: ErrorData;
  words: ErrorWords;
  copy: (text: string) => void;
  /** Buttons that follow the fix. */
  actions?: React.ReactNode;
  /** Without its own frame, inside a dialog. */
  bare?: boolean;
}): React.JSX.Element {
  const { error, words, copy, actions, bare } = props;
  const raw = [`${error.domain}: ${error.code}`, error.details].filter((part) => part !== undefined).join('\n\n');
  return (
    <section role="alert" className={cx(styles.panel, bare === true && styles.bare)} data-selectable>
      <Icon of={CircleAlert} className={styles.icon} />
      <p className={styles.message}>{error.message}</p>
      {(error.cause !== undefined || error.fix !== undefined) && (
        <dl className={styles.parts}>
          {error.cause !== undefined && (
            <>
              <dt>{words.cause}</dt>
              <dd>{error.cause}</dd>
            </>
          )}
          {error.fix !== undefined && (
            <>
              <dt>{words.fix}</dt>
              <dd>{error.fix}</dd>
            </>
          )}
        </dl>
      )}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      <details className={styles.details}>
        <summary>{words.details}</summary>
        <div className={styles.raw}>
          <pre>{raw}</pre>
          <CopyButton label={words.copy} doneLabel={words.copied} copy={() => copy(reportOf(error, raw))} />
        </div>
      </details>
    </section>
  );
}

function reportOf(error: ErrorData, raw: string): string {
  return [error.message, error.cause, error.fix, raw].filter((part) => part !== undefined).join('\n');
}
