import type { ErrorData } from '../../../src-shared/errors.ts';
import { ErrorPanelView } from '../../components/error-panel.tsx';
import { engine } from '../client.ts';
import { errorText } from '../host-words.ts';
import { t } from '../i18n.ts';
import { reportError } from './notices.ts';

export function copyText(text: string): void {
  engine.call('clipboard.write', { text }).catch(reportError);
}

/** An error of the engine, shown in its four parts. */
export function ErrorPanel(props: { error: ErrorData; actions?: React.ReactNode; bare?: boolean }): React.JSX.Element {
  const words = {
    cause: t('error.cause'),
    fix: t('error.fix'),
    details: t('error.details'),
    copy: t('error.copy'),
    copied: t('action.copied'),
  };
  return <ErrorPanelView {...props} error={errorText(props.error)} words={words} copy={copyText} />;
}
