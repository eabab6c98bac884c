import { useId } from 'react';
import { Icon, type IconType } from './icon.tsx';
import styles from './segmented.module.css';

export interface Segment<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly icon?: IconType;
  /** The label is a tooltip. */
  readonly iconOnly?: boolean;
}

/** One of a few, all in sight. */
export function Segmented<V extends string>(props: {
  label: string;
  value: V;
  segments: readonly Segment<V>[];
  onChange: (value: V) => void;
}): React.JSX.Element {
  const { label, value, segments, onChange } = props;
  const name = useId();
  return (
    <span role="radiogroup" aria-label={label} className={styles.segmented}>
      {segments.map((segment) => (
        <label
          key={segment.value}
          className={styles.segment}
          data-tip={segment.iconOnly === true ? segment.label : undefined}
        >
          <input
            type="radio"
            name={name}
            checked={segment.value === value}
            aria-label={segment.label}
            onChange={() => onChange(segment.value)}
          />
          {segment.icon !== undefined && <Icon of={segment.icon} />}
          {segment.iconOnly !== true && segment.label}
        </label>
      ))}
    </span>
  );
}
