import Monitor from 'lucide-react/icons/monitor';
import Play from 'lucide-react/icons/play';
import SquareArrow from 'lucide-react/icons/panel-right-open';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { commands } from '../../app/commands/commands.ts';
import { copyText } from '../../app/feedback/error-panel.tsx';
import { formatKiB } from '../../app/format.ts';
import { t } from '../../app/i18n.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import styles from './inspector.module.css';
import { cpuText, figuresOf, LiveText, memoryText, Uptime } from './live-figure.tsx';
import { useMachines } from './machines-store.ts';
import { noteOf } from './note.ts';
import { osLabel } from './os-label.ts';
import { shownState } from './shown-state.ts';
import { StateBadge } from './state.tsx';
import { TagList } from './tag-list.tsx';
import { Thumbnail } from './thumbnail.tsx';
import { isActive } from './view.ts';

/** What is selected, in short, and what can be done with it. */
export function Inspector(): React.JSX.Element {
  const machines = useInventory((state) => state.machines);
  const chosen = useMachines((state) => state.selection.chosen);
  const selected = [...chosen].map((key) => machines.get(key)).filter((machine) => machine !== undefined);
  const [only] = selected;
  if (only === undefined) return <p className={styles.empty}>{t('machines:inspector.nothing')}</p>;
  return selected.length === 1 ? <One machine={only} /> : <Many machines={selected} />;
}

function One({ machine }: { machine: Machine }): React.JSX.Element {
  const figures = figuresOf(machine);
  const active = isActive(machine);
  const primary = ['machine.resume', 'machine.start', 'machine.console'].find(
    (id) => commands.get(id)?.isEnabled?.() === true,
  );
  const [address] = machine.addresses;
  return (
    <div className={styles.inspector}>
      <Thumbnail machine={machine} />
      <div className={styles.head}>
        <h2 data-selectable>{machine.name}</h2>
        {machine.title !== undefined && <p className={styles.sub}>{machine.title}</p>}
        <StateBadge machine={machine} />
      </div>
      <div className={styles.actions}>
        {primary !== undefined && (
          <Button
            variant={primary === 'machine.console' ? 'default' : 'primary'}
            icon={primary === 'machine.console' ? Monitor : Play}
            onClick={() => commands.run(primary)}
          >
            {commands.get(primary)?.title()}
          </Button>
        )}
        <IconButton
          variant="default"
          icon={SquareArrow}
          label={t('machines:verb.open')}
          onClick={() => commands.run('machine.open')}
        />
      </div>
      {machine.note !== undefined && (
        <p className={styles.note}>
          <Icon of={TriangleAlert} />
          {noteOf(machine)}
        </p>
      )}
      {active && (
        <section className={styles.section} aria-label={t('machines:inspector.usage')}>
          <div className={styles.graphs}>
            <div className={styles.graph}>
              <span className={styles.graphHead}>
                {t('machines:column.cpu')}
                <LiveText figures={figures} text={cpuText} className="tabular" />
              </span>
              <Sparkline series={figures.cpu} width={122} height={36} max={1} />
            </div>
            <div className={styles.graph}>
              <span className={styles.graphHead}>
                {t('machines:column.memory')}
                <LiveText figures={figures} text={memoryText} className="tabular" />
              </span>
              <Sparkline series={figures.memory} width={122} height={36} max={1} color={2} />
            </div>
          </div>
        </section>
      )}
      <dl className={styles.facts}>
        <dt>{t('machines:column.address')}</dt>
        <dd className="tabular">
          <span data-selectable>{address ?? '–'}</span>
          {address !== undefined && (
            <CopyButton
              label={t('machines:verb.copyAddress')}
              doneLabel={t('action.copied')}
              copy={() => copyText(address)}
            />
          )}
        </dd>
        <dt>{t('machines:inspector.os')}</dt>
        <dd>{osLabel(machine)}</dd>
        <dt>{t('machines:inspector.cpus')}</dt>
        <dd className="tabular">{machine.vcpus}</dd>
        <dt>{t('machines:inspector.memory')}</dt>
        <dd className="tabular">{formatKiB(machine.maxMemoryKiB)}</dd>
        <dt>{t('machines:column.uptime')}</dt>
        <dd>
          <Uptime machine={machine} />
        </dd>
        <dt>{t('machines:inspector.folder')}</dt>
        <dd>{machine.folder ?? '–'}</dd>
        <dt>{t('machines:column.tags')}</dt>
        <dd>{machine.tags.length === 0 ? '–' : <TagList tags={machine.tags} />}</dd>
        <dt>{t('machines:inspector.autostart')}</dt>
        <dd>{machine.autostart ? t('machines:inspector.yes') : t('machines:inspector.no')}</dd>
      </dl>
    </div>
  );
}

const bulkCommands = [
  'machine.start',
  'machine.resume',
  'machine.suspend',
  'machine.shutdown',
  'machine.managedSave',
  'machine.destroy',
  'machine.folder',
  'machine.tags',
  'machine.delete',
];

function Many({ machines }: { machines: readonly Machine[] }): React.JSX.Element {
  const states = new Map<ReturnType<typeof shownState>, Machine[]>();
  for (const machine of machines) {
    const state = shownState(machine);
    states.set(state, [...(states.get(state) ?? []), machine]);
  }
  const offered = bulkCommands.flatMap((id) => {
    const command = commands.get(id);
    return command?.isEnabled?.() === true ? [command] : [];
  });
  return (
    <div className={styles.inspector}>
      <div className={styles.head}>
        <h2>{t('machines:subject', { count: machines.length })}</h2>
      </div>
      <ul className={styles.counts}>
        {[...states].map(([state, members]) => (
          <li key={state}>
            {members[0] !== undefined && <StateBadge machine={members[0]} />}
            <span className="tabular">{members.length}</span>
          </li>
        ))}
      </ul>
      <dl className={styles.facts}>
        <dt>{t('machines:inspector.cpus')}</dt>
        <dd className="tabular">{machines.reduce((sum, each) => sum + each.vcpus, 0)}</dd>
        <dt>{t('machines:inspector.memory')}</dt>
        <dd className="tabular">{formatKiB(machines.reduce((sum, each) => sum + each.maxMemoryKiB, 0))}</dd>
      </dl>
      <div className={styles.buttons}>
        {offered.map((command) => (
          <Button
            key={command.id}
            variant="quiet"
            className={styles.bulk}
            icon={command.icon}
            onClick={() => commands.run(command.id)}
          >
            {command.title()}
            <span className={styles.bulkCount}>{command.subject?.()}</span>
          </Button>
        ))}
      </div>
    </div>
  );
}
