import Check from 'lucide-react/icons/check';
import Copy from 'lucide-react/icons/copy';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';

/** Copies and says so for a moment. */
export function CopyButton(props: { label: string; doneLabel: string; copy: () => void }): React.JSX.Element {
  const { label, doneLabel, copy } = props;
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = window.setTimeout(() => setDone(false), 1500);
    return () => window.clearTimeout(timer);
  }, [done]);
  return (
    <IconButton
      size="small"
      icon={done ? Check : Copy}
      label={done ? doneLabel : label}
      onClick={() => {
        copy();
        setDone(true);
      }}
    />
  );
}
