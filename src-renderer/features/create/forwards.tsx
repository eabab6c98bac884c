import ArrowRight from 'lucide-react/icons/arrow-right';
import Plus from 'lucide-react/icons/plus';
import X from 'lucide-react/icons/x';
import { t } from '../../app/i18n.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { NumberInput, Select } from '../../components/inputs.tsx';
import type { Forward } from './draft.ts';
import styles from './forwards.module.css';

const firstHostPort = 2222;

/** The next free one after those already used. */
export function nextForward(forwards: readonly Forward[]): Forward {
  const used = new Set(forwards.map((forward) => forward.hostPort));
  let hostPort = firstHostPort;
  while (used.has(hostPort)) hostPort += 1;
  return { protocol: 'tcp', hostPort, guestPort: 22 };
}

/** Ports of the host that lead into the guest. */
export function Forwards(props: {
  forwards: readonly Forward[];
  onChange: (forwards: readonly Forward[]) => void;
}): React.JSX.Element {
  const { forwards, onChange } = props;
  const set = (index: number, change: Partial<Forward>): void =>
    onChange(forwards.map((forward, each) => (each === index ? { ...forward, ...change } : forward)));
  return (
    <fieldset className={styles.forwards}>
      <legend className={styles.head}>{t('create:forwards.label')}</legend>
      {forwards.map((forward, index) => (
        // A forward has no name but its place.
        <div key={index} className={styles.row}>
          <Select
            aria-label={t('create:forwards.protocol')}
            value={forward.protocol}
            options={[
              { value: 'tcp', label: 'TCP' },
              { value: 'udp', label: 'UDP' },
            ]}
            onChange={(protocol) => set(index, { protocol })}
          />
          <NumberInput
            aria-label={t('create:forwards.hostPort')}
            value={forward.hostPort}
            min={1}
            max={65_535}
            onChange={(hostPort) => set(index, { hostPort })}
          />
          <Icon of={ArrowRight} className={styles.arrow} />
          <NumberInput
            aria-label={t('create:forwards.guestPort')}
            value={forward.guestPort}
            min={1}
            max={65_535}
            onChange={(guestPort) => set(index, { guestPort })}
          />
          <IconButton
            icon={X}
            label={t('create:forwards.remove', { port: forward.hostPort })}
            onClick={() => onChange(forwards.filter((_, each) => each !== index))}
          />
        </div>
      ))}
      <div>
        <Button size="small" icon={Plus} onClick={() => onChange([...forwards, nextForward(forwards)])}>
          {t('create:forwards.add')}
        </Button>
      </div>
    </fieldset>
  );
}
