import { useState } from 'react';
import type { PromptInfo } from '../../../src-shared/contract/prompts.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { TextInput } from '../../components/inputs.tsx';
import { MuiScope } from '../../components/mui/scope.tsx';
import { engine } from '../client.ts';
import { t } from '../i18n.ts';
import { reportError } from './notices.ts';

export default function PromptDialog({ prompt }: { prompt: PromptInfo }): React.JSX.Element {
  const { id, kind, text } = prompt;
  const [answer, setAnswer] = useState('');
  const settle = (given: string | undefined): void => {
    engine.call('prompts.answer', { id, ...(given === undefined ? {} : { answer: given }) }).catch(reportError);
  };
  const isConfirm = kind === 'confirm';
  return (
    <MuiScope>
      <Dialog
        title={t(isConfirm ? 'prompt.confirmTitle' : 'prompt.title')}
        onClose={() => settle(undefined)}
        onSubmit={() => settle(isConfirm ? 'yes' : answer)}
        actions={
          <>
            <Button onClick={() => settle(undefined)}>{t('action.cancel')}</Button>
            <Button type="submit" variant="primary">
              {t(isConfirm ? 'prompt.trust' : 'prompt.answer')}
            </Button>
          </>
        }
      >
        {isConfirm ? (
          <p style={{ whiteSpace: 'pre-wrap' }} data-selectable>
            {text.trim()}
          </p>
        ) : (
          <Field label={text.trim()} stacked>
            <TextInput
              type={kind === 'secret' ? 'password' : 'text'}
              value={answer}
              onChange={setAnswer}
              autoFocus
              maxLength={4096}
            />
          </Field>
        )}
      </Dialog>
    </MuiScope>
  );
}
