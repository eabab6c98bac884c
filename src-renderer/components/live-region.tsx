import { useEffect, useState } from 'react';

let speak: ((text: string) => void) | undefined;

/** Has a screen reader say something when it next pauses. */
export function announce(text: string): void {
  speak?.(text);
}

export function LiveRegion(): React.JSX.Element {
  const [text, setText] = useState('');
  useEffect(() => {
    speak = (next) => {
      // The same words twice are only read twice when they change in between.
      setText((before) => (before === next ? `${next}\u00a0` : next));
    };
    return () => {
      speak = undefined;
    };
  }, []);
  return (
    <div role="status" aria-live="polite" className="visually-hidden">
      {text}
    </div>
  );
}
