import { useState } from 'react';
import styles from './split-pane.module.css';

/** A width that is kept between visits, inside its limits. */
export function useStoredWidth(
  key: string,
  initial: number,
  min: number,
  max: number,
): [number, (width: number) => void] {
  const stored = `width.${key}`;
  const [width, setWidth] = useState(() => {
    const text = localStorage.getItem(stored);
    return text === null ? initial : clamp(Number(text), min, max);
  });
  return [
    width,
    (next) => {
      const kept = clamp(next, min, max);
      setWidth(kept);
      localStorage.setItem(stored, String(Math.round(kept)));
    },
  ];
}

/** The line between two panes; drag it or use the arrow keys. */
export function SplitHandle(props: {
  label: string;
  width: number;
  min: number;
  max: number;
  /** Which side the pane is on whose width this is. */
  pane: 'left' | 'right';
  onChange: (width: number) => void;
}): React.JSX.Element {
  const { label, width, min, max, pane, onChange } = props;
  const [dragging, setDragging] = useState(false);
  const sign = pane === 'left' ? 1 : -1;
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={Math.round(width)}
      aria-valuemin={min}
      aria-valuemax={max}
      className={styles.handle}
      data-dragging={dragging}
      onPointerDown={(event) => {
        event.preventDefault();
        const startX = event.clientX;
        const target = event.currentTarget;
        target.setPointerCapture(event.pointerId);
        setDragging(true);
        const move = (moved: PointerEvent): void => onChange(clamp(width + sign * (moved.clientX - startX), min, max));
        const end = (): void => {
          setDragging(false);
          target.removeEventListener('pointermove', move);
        };
        target.addEventListener('pointermove', move);
        target.addEventListener('lostpointercapture', end, { once: true });
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') onChange(clamp(width - sign * 16, min, max));
        else if (event.key === 'ArrowRight') onChange(clamp(width + sign * 16, min, max));
        else return;
        event.preventDefault();
      }}
    />
  );
}

const clamp = (value: number, min: number, max: number): number => Math.max(min, Math.min(max, value));
