import CircleDot from 'lucide-react/icons/circle-dot';
import Plug from 'lucide-react/icons/plug-zap';
import { formatKiB } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import { useSeenMs } from '../../app/seen.tsx';
import type { Machine } from '../../app/store/inventory.ts';
import { cx } from '../../components/cx.ts';
import { Icon } from '../../components/icon.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { cpuText, figuresOf, LiveText, memoryText, Uptime } from './live-figure.tsx';
import styles from './machine-list.module.css';
import { RenameField } from './rename-field.tsx';
import { StateBadge } from './state.tsx';
import { TagList } from './tag-list.tsx';
import { type Column, isActive } from './view.ts';

/** What stands in a column for a machine. */
export function Cell({
  column,
  machine,
  renaming,
}: {
  column: Column;
  machine: Machine;
  renaming: boolean;
}): React.ReactNode {
  switch (column) {
    case 'name':
      return renaming ? <RenameField machine={machine} /> : <Name machine={machine} />;
    case 'state':
      return <StateBadge machine={machine} />;
    case 'address':
      return <span className={cx(styles.address, 'truncate')}>{machine.addresses[0] ?? '–'}</span>;
    case 'cpu':
      return isActive(machine) ? <Current machine={machine} of={Cpu} /> : '–';
    case 'memory':
      return isActive(machine) ? <Current machine={machine} of={Memory} /> : '–';
    case 'size':
      return <span className="tabular">{formatKiB(machine.maxMemoryKiB)}</span>;
    case 'uptime':
      return <Uptime machine={machine} />;
    case 'tags':
      return <TagList tags={machine.tags} />;
  }
}

function Name({ machine }: { machine: Machine }): React.JSX.Element {
  return (
    <>
      <span className={cx(styles.name, 'truncate')}>{machine.name}</span>
      {machine.title !== undefined && <span className={cx(styles.title, 'truncate')}>{machine.title}</span>}
      <span className={styles.marks}>
        {machine.autostart && (
          <span data-tip={t('machines:mark.autostart')} role="img" aria-label={t('machines:mark.autostart')}>
            <Icon of={Plug} />
          </span>
        )}
        {machine.pendingChanges && (
          <span
            className={styles.pending}
            data-tip={t('machines:mark.pending')}
            role="img"
            aria-label={t('machines:mark.pending')}
          >
            <Icon of={CircleDot} />
          </span>
        )}
      </span>
    </>
  );
}

/** Figures are of now or of nothing. */
function Current({ machine, of: Figure }: { machine: Machine; of: typeof Cpu }): React.ReactNode {
  return useSeenMs(machine.uri) === undefined ? <Figure machine={machine} /> : '–';
}

function Cpu({ machine }: { machine: Machine }): React.JSX.Element {
  const figures = figuresOf(machine);
  return (
    <>
      <Sparkline series={figures.cpu} width={52} height={18} max={1} />
      <LiveText figures={figures} text={cpuText} className={styles.figure} />
    </>
  );
}

function Memory({ machine }: { machine: Machine }): React.JSX.Element {
  const figures = figuresOf(machine);
  return (
    <>
      <Sparkline series={figures.memory} width={52} height={18} max={1} color={2} />
      <LiveText figures={figures} text={memoryText} className={styles.figure} />
    </>
  );
}
