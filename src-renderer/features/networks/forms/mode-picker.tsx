import { useId } from 'react';
import { t } from '../../../app/i18n.ts';
import { Icon } from '../../../components/icon.tsx';
import { networkModes, type NetworkMode } from '../edit/network-edit.ts';
import { modeIcons, modeWord } from '../mode.ts';
import styles from './forms.module.css';

/** The modes, each with what it means for guests. */
export function ModePicker(props: { value: NetworkMode; onChange: (mode: NetworkMode) => void }): React.JSX.Element {
  const { value, onChange } = props;
  const name = useId();
  return (
    <div role="radiogroup" aria-label={t('networks:field.mode')} className={styles.modes}>
      {networkModes.map((mode) => (
        <label key={mode} className={styles.mode}>
          <input
            type="radio"
            name={name}
            checked={mode === value}
            aria-describedby={`${name}-${mode}`}
            aria-label={modeWord(mode)}
            onChange={() => onChange(mode)}
          />
          <Icon of={modeIcons[mode]} />
          <span className={styles.modeName}>{modeWord(mode)}</span>
          <span id={`${name}-${mode}`} className={styles.modeText}>
            {t(`networks:mode.${mode}.text`)}
          </span>
        </label>
      ))}
    </div>
  );
}
