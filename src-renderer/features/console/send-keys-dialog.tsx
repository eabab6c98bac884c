import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { TextInput } from '../../components/inputs.tsx';
import { t } from '../../app/i18n.ts';
import { type Chord, parseChord } from './keys/chords.ts';
import { knownCodes } from './keys/keymap.ts';

/** Asks for a combination of keys as people write it. */
export function SendKeysDialog(props: { onSend: (chord: Chord) => void; onClose: () => void }): React.JSX.Element {
  const { onSend, onClose } = props;
  const [text, setText] = useState('Ctrl+Alt+');
  const chord = parseChord(text, knownCodes);
  const send = (): void => {
    if (chord === undefined) return;
    onClose();
    onSend(chord);
  };
  return (
    <Dialog
      title={t('console:keys.customTitle')}
      onClose={onClose}
      onSubmit={send}
      actions={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" variant="primary" disabled={chord === undefined}>
            {t('console:keys.send')}
          </Button>
        </>
      }
    >
      <Field
        stacked
        label={t('console:keys.customLabel')}
        hint={t('console:keys.customHint')}
        error={chord === undefined && !text.endsWith('+') ? t('console:keys.customUnknown') : undefined}
      >
        <TextInput autoFocus value={text} onChange={setText} />
      </Field>
    </Dialog>
  );
}
