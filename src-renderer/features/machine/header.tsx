import ArrowLeft from 'lucide-react/icons/arrow-left';
import Ellipsis from 'lucide-react/icons/ellipsis';
import Monitor from 'lucide-react/icons/monitor';
import Pause from 'lucide-react/icons/pause';
import Play from 'lucide-react/icons/play';
import Power from 'lucide-react/icons/power';
import { commands, keysOf } from '../../app/commands/commands.ts';
import { copyText } from '../../app/feedback/error-panel.tsx';
import { t } from '../../app/i18n.ts';
import { go, type MachineTab, paths } from '../../app/routes.ts';
import type { Machine } from '../../app/store/inventory.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import type { IconType } from '../../components/icon.tsx';
import type { MenuSection } from '../../components/menu.tsx';
import { MenuIconButton } from '../../components/menu-button.tsx';
import { menuItem } from '../machines/machine-commands.ts';
import { StateBadge } from '../machines/state.tsx';
import styles from './machine-screen.module.css';

const icons: Readonly<Record<string, IconType>> = {
  'machine.start': Play,
  'machine.resume': Play,
  'machine.console': Monitor,
};

function menu(machine: Machine): readonly MenuSection[] {
  const section = (id: string, ...ids: readonly string[]): MenuSection => ({ id, items: ids.flatMap(menuItem) });
  return [
    section('power', 'machine.reboot', 'machine.managedSave', 'machine.managedSaveRemove'),
    section('force', 'machine.reset', 'machine.destroy'),
    section('console', 'machine.consoleWindow'),
    {
      id: 'organise',
      items: [
        ...['machine.renameHere', 'machine.folder', 'machine.tags'].flatMap(menuItem),
        ...menuItem('machine.autostart').map((item) => ({ ...item, checked: machine.autostart })),
      ],
    },
    section('delete', 'machine.delete'),
  ];
}

/** Who it is, how it is, and what can be done with it. */
export function Header({ machine, tab }: { machine: Machine; tab: MachineTab }): React.JSX.Element {
  // What a connection can do decides what is enabled.
  useInventory((state) => state.connections.get(machine.uri));
  const [address] = machine.addresses;
  const enabled = (id: string): boolean => commands.get(id)?.isEnabled?.() === true;
  const primary = ['machine.resume', 'machine.start', 'machine.console'].find(enabled);
  return (
    <header className={styles.header}>
      <IconButton icon={ArrowLeft} label={t('machine:back')} onClick={() => go(paths.machines)} />
      <h1 className={styles.name} data-selectable>
        {machine.name}
      </h1>
      {machine.title !== undefined && <span className={`${styles.title} truncate`}>{machine.title}</span>}
      <StateBadge machine={machine} filled />
      {address !== undefined && (
        <span className={styles.address}>
          <span data-selectable>{address}</span>
          <CopyButton
            label={t('machines:verb.copyAddress')}
            doneLabel={t('action.copied')}
            copy={() => copyText(address)}
          />
        </span>
      )}
      <span className={styles.space} />
      <div role="toolbar" aria-label={t('machines:toolbar.label')} className={styles.actions}>
        <IconButton
          icon={Pause}
          label={t('machines:verb.suspend')}
          keys={keysOf('machine.suspend')}
          disabled={!enabled('machine.suspend')}
          onClick={() => commands.run('machine.suspend')}
        />
        <IconButton
          icon={Power}
          label={t('machines:verb.shutdown')}
          keys={keysOf('machine.shutdown')}
          disabled={!enabled('machine.shutdown')}
          onClick={() => commands.run('machine.shutdown')}
        />
        <MenuIconButton icon={Ellipsis} label={t('machines:menu')} sections={() => menu(machine)} />
        {primary !== undefined && !(primary === 'machine.console' && tab === 'console') && (
          <Button
            variant="primary"
            icon={icons[primary]}
            keys={keysOf(primary)}
            tip={commands.get(primary)?.title()}
            onClick={() => commands.run(primary)}
          >
            {commands.get(primary)?.title()}
          </Button>
        )}
      </div>
    </header>
  );
}
