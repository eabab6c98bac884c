import LayoutGrid from 'lucide-react/icons/layout-grid';
import Monitor from 'lucide-react/icons/monitor';
import PanelRight from 'lucide-react/icons/panel-right';
import Pause from 'lucide-react/icons/pause';
import Play from 'lucide-react/icons/play';
import Plus from 'lucide-react/icons/plus';
import Power from 'lucide-react/icons/power';
import Rows3 from 'lucide-react/icons/rows-3';
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal';
import { useRef } from 'react';
import { commands, keysOf } from '../../app/commands/commands.ts';
import { useShortcutCommand } from '../../app/commands/use-command.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { t } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { changeSettings, useSettings } from '../../app/store/settings-store.ts';
import { Button, IconButton } from '../../components/button.tsx';
import type { IconType } from '../../components/icon.tsx';
import { MenuIconButton } from '../../components/menu-button.tsx';
import { SearchInput } from '../../components/search-input.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { Toolbar, ToolbarLine, ToolbarSpace } from '../../components/toolbar.tsx';
import { lookMenu } from './look-menu.ts';
import { stopMenu } from './machine-commands.ts';
import styles from './machines-screen.module.css';
import { setLook, useMachines } from './machines-store.ts';

export function MachinesToolbar(): React.JSX.Element {
  const search = useMachines((state) => state.search);
  const inspector = useMachines((state) => state.inspector);
  const layout = useSettings((state) => state.machinesView);
  const box = useRef<HTMLInputElement>(null);
  // What can be done depends on both; the commands read them themselves.
  useMachines((state) => state.selection);
  useInventory((state) => state.machines);
  useShortcutCommand({
    id: 'view.search',
    group: 'view',
    title: () => t('machines:commands.search'),
    shortcut: 'Ctrl+F',
    run: () => {
      box.current?.focus();
      box.current?.select();
    },
  });
  const resumes = commands.get('machine.resume')?.isEnabled?.() === true;
  const stops = stopMenu().some((section) => section.items.some((item) => item.disabled !== true));

  return (
    <Toolbar label={t('machines:toolbar.label')}>
      <CommandButton id={resumes ? 'machine.resume' : 'machine.start'} icon={Play} />
      <CommandButton id="machine.suspend" icon={Pause} />
      <MenuIconButton
        icon={Power}
        label={t('machines:toolbar.stop')}
        align="start"
        disabled={!stops}
        sections={stopMenu}
      />
      <CommandButton id="machine.console" icon={Monitor} />
      <ToolbarLine />
      <SearchInput
        ref={box}
        className={styles.search}
        value={search}
        placeholder={t('machines:toolbar.search')}
        aria-label={t('machines:toolbar.search')}
        clearLabel={t('action.clear')}
        aria-keyshortcuts={keysOf('view.search')?.replace('Ctrl', 'Control')}
        onChange={(next) => useMachines.setState({ search: next })}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && search !== '') useMachines.setState({ search: '' });
          else if (event.key === 'ArrowDown' || event.key === 'Escape') {
            document.querySelector<HTMLElement>('[data-machines]')?.focus();
          } else return;
          event.preventDefault();
        }}
      />
      <ToolbarSpace />
      <Segmented
        label={t('machines:toolbar.layout')}
        value={layout}
        segments={[
          { value: 'list', label: t('machines:toolbar.list'), icon: Rows3, iconOnly: true },
          { value: 'grid', label: t('machines:toolbar.grid'), icon: LayoutGrid, iconOnly: true },
        ]}
        onChange={(machinesView) => {
          changeSettings({ machinesView }).catch(reportError);
        }}
      />
      <MenuIconButton icon={SlidersHorizontal} label={t('machines:toolbar.look')} sections={lookMenu} />
      <IconButton
        icon={PanelRight}
        label={t('machines:commands.inspector')}
        keys={keysOf('view.inspector')}
        aria-pressed={inspector}
        onClick={() => setLook({ inspector: !inspector })}
      />
      <Button
        variant="primary"
        icon={Plus}
        tip={t('commands.createMachine')}
        keys={keysOf('create.machine')}
        onClick={() => commands.run('create.machine')}
      >
        {t('machines:toolbar.new')}
      </Button>
    </Toolbar>
  );
}

function CommandButton({ id, icon }: { id: string; icon: IconType }): React.JSX.Element | null {
  const command = commands.get(id);
  if (command === undefined) return null;
  return (
    <IconButton
      icon={icon}
      label={command.title()}
      keys={keysOf(id)}
      disabled={command.isEnabled?.() === false}
      onClick={() => commands.run(id)}
    />
  );
}
