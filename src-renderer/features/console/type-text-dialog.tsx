import { useEffect, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { Checkbox, TextInput } from '../../components/inputs.tsx';
import { engine } from '../../app/client.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import styles from './console-view.module.css';
import { untypable } from './keys/us-layout.ts';

export interface TypingOrder {
  readonly text: string;
  readonly slow: boolean;
}

const shownAtMost = 12;

/** Shows what is about to be typed into the guest, beginning with what the clipboard holds. */
export function TypeTextDialog(props: {
  onType: (order: TypingOrder) => void;
  onClose: () => void;
}): React.JSX.Element {
  const { onType, onClose } = props;
  const [text, setText] = useState('');
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    engine.call('clipboard.read', {}).then((found) => setText((typed) => (typed === '' ? found : typed)), reportError);
  }, []);
  const missing = untypable(text);
  return (
    <Dialog
      title={t('console:typing.title')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            variant="primary"
            disabled={text === ''}
            onClick={() => {
              onClose();
              onType({ text, slow });
            }}
          >
            {t('console:typing.start')}
          </Button>
        </>
      }
    >
      <Field
        stacked
        label={t('console:typing.text')}
        hint={
          <>
            {t('console:typing.hint')}
            {missing.length > 0 && (
              <strong className={styles.leftOut}>
                {t('console:typing.untypable', { characters: missing.slice(0, shownAtMost).join(' ') })}
              </strong>
            )}
          </>
        }
      >
        <TextInput autoFocus mono rows={6} value={text} onChange={setText} />
      </Field>
      <Checkbox label={t('console:typing.slow')} checked={slow} onChange={setSlow} />
    </Dialog>
  );
}
