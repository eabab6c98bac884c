import { formatRate } from '../../../app/format.ts';
import { t } from '../../../app/i18n.ts';
import type { Machine } from '../../../app/store/inventory.ts';
import type { MachineFigures } from '../../../app/store/stats-store.ts';
import { Sparkline } from '../../../components/sparkline.tsx';
import { cpuText, figuresOf, LiveText, memoryText } from '../../machines/live-figure.tsx';
import styles from './overview.module.css';

const rate = (value: number | undefined): string => (value === undefined ? '–' : formatRate(Math.round(value)));
const diskText = ({ latest }: MachineFigures): string =>
  `${rate(latest?.diskReadBytesPerSecond)} / ${rate(latest?.diskWriteBytesPerSecond)}`;
const networkText = ({ latest }: MachineFigures): string =>
  `${rate(latest?.networkRxBytesPerSecond)} / ${rate(latest?.networkTxBytesPerSecond)}`;

/** What it takes at the moment. */
export function Usage({ machine }: { machine: Machine }): React.JSX.Element {
  const figures = figuresOf(machine);
  return (
    <section className={styles.usage} aria-label={t('machines:inspector.usage')}>
      <div className={styles.graph}>
        <span className={styles.graphHead}>
          {t('performance:metric.cpu')}
          <LiveText figures={figures} text={cpuText} className="tabular" />
        </span>
        <Sparkline series={figures.cpu} width={156} height={40} max={1} />
      </div>
      <div className={styles.graph}>
        <span className={styles.graphHead}>
          {t('performance:metric.memory')}
          <LiveText figures={figures} text={memoryText} className="tabular" />
        </span>
        <Sparkline series={figures.memory} width={156} height={40} max={1} color={2} />
      </div>
      <span className={styles.rate}>
        {t('machine:overview.diskRate')}
        <LiveText figures={figures} text={diskText} className="tabular" />
      </span>
      <span className={styles.rate}>
        {t('machine:overview.networkRate')}
        <LiveText figures={figures} text={networkText} className="tabular" />
      </span>
    </section>
  );
}
