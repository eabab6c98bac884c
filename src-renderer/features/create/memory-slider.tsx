import { formatKiB } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { NumberInput, Slider } from '../../components/inputs.tsx';
import styles from './memory-slider.module.css';

const MiB = 1024;
const smallestMiB = 64;

/** Steps of the slider: the powers of two and the halves between them, up to what the host has. */
export function memorySteps(hostKiB: number): readonly number[] {
  const steps: number[] = [];
  for (let size = 128 * MiB; size <= hostKiB; size *= 2) steps.push(size, size * 1.5);
  return steps.filter((size) => size <= hostKiB);
}

/** Memory by slider where a rough choice is enough, by number where it is not. */
export function MemorySlider(props: {
  kiB: number;
  hostKiB: number | undefined;
  onChange: (kiB: number) => void;
}): React.JSX.Element {
  const { kiB, hostKiB = 16 * 1024 * MiB, onChange } = props;
  const steps = memorySteps(hostKiB);
  const nearest = steps.reduce((best, step, index) => {
    const known = steps[best] ?? 0;
    return Math.abs(step - kiB) < Math.abs(known - kiB) ? index : best;
  }, 0);
  return (
    <div className={styles.memory}>
      <Slider
        value={nearest}
        min={0}
        max={Math.max(1, steps.length - 1)}
        step={1}
        label={t('create:processor.memory')}
        valueText={(index) => formatKiB(steps[index] ?? kiB)}
        onChange={(index) => {
          const chosen = steps[index];
          if (chosen !== undefined) onChange(chosen);
        }}
      />
      <NumberInput
        value={Math.round(kiB / MiB)}
        min={smallestMiB}
        max={16 * 1024 * 1024}
        step={256}
        unit="MiB"
        onChange={(size) => onChange(Math.round(size) * MiB)}
      />
    </div>
  );
}
