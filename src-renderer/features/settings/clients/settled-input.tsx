import { useState } from 'react';
import { TextInput } from '../../../components/inputs.tsx';

/** A text that counts once it is finished: with Enter, or when the focus goes on. What is wrong comes back. */
export function SettledInput(props: {
  value: string;
  isRight: (text: string) => boolean;
  onSettle: (text: string) => void;
  placeholder?: string;
}): React.JSX.Element {
  const { value, isRight, onSettle, placeholder } = props;
  const [draft, setDraft] = useState<string>();
  const settle = (): void => {
    const text = draft?.trim();
    setDraft(undefined);
    if (text !== undefined && text !== value && isRight(text)) onSettle(text);
  };
  return (
    <TextInput
      mono
      value={draft ?? value}
      {...(placeholder === undefined ? {} : { placeholder })}
      onChange={setDraft}
      onBlur={settle}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle();
      }}
    />
  );
}

export const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
