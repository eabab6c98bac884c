import { useState } from 'react';
import { TextInput } from '../../../components/inputs.tsx';
import { Field } from '../../../components/field.tsx';

/**
 * Text that means something only when it is whole: half typed it stays as it is and is told to be wrong; whole it is
 * passed on. Leaving the field shows what is stored.
 */
export function Typed<T>(props: {
  label: string;
  hint?: React.ReactNode;
  value: string;
  read: (text: string) => T | undefined;
  wrong: string;
  placeholder?: string;
  /** Nothing typed means this. */
  onEmpty?: () => void;
  onChange: (value: T) => void;
}): React.JSX.Element {
  const { label, hint, value, read, wrong, placeholder, onEmpty, onChange } = props;
  const [typed, setTyped] = useState<string>();
  const isEmpty = (text: string): boolean => onEmpty !== undefined && text.trim() === '';
  const isWrong = typed !== undefined && !isEmpty(typed) && read(typed) === undefined;
  return (
    <Field label={label} hint={hint} error={isWrong ? wrong : undefined}>
      <TextInput
        mono
        value={typed ?? value}
        {...(placeholder === undefined ? {} : { placeholder })}
        onBlur={() => setTyped(undefined)}
        onChange={(text) => {
          setTyped(text);
          if (isEmpty(text)) {
            onEmpty?.();
            return;
          }
          const whole = read(text);
          if (whole !== undefined) onChange(whole);
        }}
      />
    </Field>
  );
}
