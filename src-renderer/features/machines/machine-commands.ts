/** Commands about the selected machines, or the one whose page is open. */
import Archive from 'lucide-react/icons/archive';
import ArchiveX from 'lucide-react/icons/archive-x';
import Folder from 'lucide-react/icons/folder';
import Monitor from 'lucide-react/icons/monitor';
import Pause from 'lucide-react/icons/pause';
import Pencil from 'lucide-react/icons/pencil';
import Play from 'lucide-react/icons/play';
import Plug from 'lucide-react/icons/plug-zap';
import Power from 'lucide-react/icons/power';
import PowerOff from 'lucide-react/icons/power-off';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import RotateCcw from 'lucide-react/icons/rotate-ccw';
import Rows from 'lucide-react/icons/square-arrow-out-up-right';
import SquareArrow from 'lucide-react/icons/panel-right-open';
import Tag from 'lucide-react/icons/tag';
import Trash from 'lucide-react/icons/trash-2';
import { createElement, lazy } from 'react';
import { engine } from '../../app/client.ts';
import { commands, keysOf } from '../../app/commands/commands.ts';
import type { Command } from '../../app/commands/registry.ts';
import { showDialog } from '../../app/feedback/dialogs.tsx';
import { copyText } from '../../app/feedback/error-panel.tsx';
import { t } from '../../app/i18n.ts';
import { currentPlace, go, paths } from '../../app/routes.ts';
import type { IconType } from '../../components/icon.tsx';
import type { MenuItem, MenuSection } from '../../components/menu.tsx';
import { discardSavedState, forceOff, runVerb, setAutostart, type SimpleVerb } from './actions.ts';
import { useMachines } from './machines-store.ts';
import { targets, targetsOf } from './targets.ts';
import type { Verb } from './verbs.ts';

const DeleteDialog = lazy(() => import('./delete-dialog.tsx'));
const FolderDialog = lazy(() => import('./folder-dialog.tsx'));
const TagsDialog = lazy(() => import('./tags-dialog.tsx'));

/** `web-1`, or `3 machines`. */
function subjectOf(verb: Verb): string | undefined {
  const about = targetsOf(verb);
  return about.length === 1 ? about[0]?.name : t('machines:subject', { count: about.length });
}

const about = (verb: Verb): Pick<Command, 'isEnabled' | 'subject'> => ({
  isEnabled: () => targetsOf(verb).length > 0,
  subject: () => subjectOf(verb),
});

function simple(verb: SimpleVerb, icon: IconType, shortcut?: string): Command {
  return {
    id: `machine.${verb}`,
    group: 'machine',
    icon,
    title: () => t(`machines:verb.${verb}`),
    ...(shortcut === undefined ? {} : { shortcut }),
    ...about(verb),
    run: () => runVerb(verb, targetsOf(verb)),
  };
}

const machineCommands: readonly Command[] = [
  {
    id: 'machine.open',
    group: 'machine',
    icon: SquareArrow,
    title: () => t('machines:verb.open'),
    shortcut: 'Enter',
    isEnabled: () => currentPlace().name === 'machines' && targets().length === 1,
    subject: () => targets()[0]?.name,
    run: () => {
      const [machine] = targets();
      if (machine !== undefined) go(paths.machine(machine));
    },
  },
  {
    id: 'machine.console',
    group: 'machine',
    icon: Monitor,
    title: () => t('machines:verb.console'),
    shortcut: 'Ctrl+Enter',
    isEnabled: () => targetsOf('console').length === 1,
    subject: () => subjectOf('console'),
    run: () => {
      const [machine] = targetsOf('console');
      if (machine !== undefined) go(paths.machine(machine, 'console'));
    },
  },
  {
    id: 'machine.consoleWindow',
    group: 'machine',
    icon: Rows,
    title: () => t('machines:verb.consoleWindow'),
    shortcut: 'Ctrl+Shift+Enter',
    isEnabled: () => targetsOf('console').length === 1,
    subject: () => subjectOf('console'),
    run: async () => {
      const [machine] = targetsOf('console');
      if (machine !== undefined) await engine.call('window.open-console', { uri: machine.uri, uuid: machine.uuid });
    },
  },
  simple('start', Play, 'Ctrl+R'),
  simple('resume', Play, 'Ctrl+Shift+P'),
  simple('suspend', Pause, 'Ctrl+P'),
  simple('shutdown', Power, 'Ctrl+Shift+D'),
  simple('reboot', RotateCcw),
  simple('managedSave', Archive),
  simple('reset', RefreshCw),
  {
    id: 'machine.destroy',
    group: 'machine',
    icon: PowerOff,
    danger: true,
    title: () => t('machines:verb.destroy'),
    ...about('destroy'),
    run: () => forceOff(targetsOf('destroy')),
  },
  {
    id: 'machine.managedSaveRemove',
    group: 'machine',
    icon: ArchiveX,
    title: () => t('machines:verb.managedSaveRemove'),
    ...about('managedSaveRemove'),
    run: () => discardSavedState(targetsOf('managedSaveRemove')),
  },
  {
    id: 'machine.autostart',
    group: 'machine',
    icon: Plug,
    title: () => t('machines:verb.setAutostart'),
    ...about('setAutostart'),
    run: () => {
      const machines = targetsOf('setAutostart');
      return setAutostart(machines, !machines.every((machine) => machine.autostart));
    },
  },
  {
    id: 'machine.rename',
    group: 'machine',
    icon: Pencil,
    title: () => t('machines:verb.rename'),
    shortcut: 'F2',
    isEnabled: () => currentPlace().name === 'machines' && targetsOf('rename').length === 1,
    subject: () => subjectOf('rename'),
    run: () => {
      const [machine] = targetsOf('rename');
      if (machine !== undefined) useMachines.setState({ renaming: machine.key });
    },
  },
  {
    id: 'machine.folder',
    group: 'machine',
    icon: Folder,
    title: () => t('machines:verb.folder'),
    ...about('organise'),
    run: async () => {
      const machines = targetsOf('organise');
      await showDialog<void>((close) => createElement(FolderDialog, { machines, close }));
    },
  },
  {
    id: 'machine.tags',
    group: 'machine',
    icon: Tag,
    title: () => t('machines:verb.tags'),
    shortcut: 'Ctrl+T',
    ...about('organise'),
    run: async () => {
      const machines = targetsOf('organise');
      await showDialog<void>((close) => createElement(TagsDialog, { machines, close }));
    },
  },
  {
    id: 'machine.copyAddress',
    group: 'machine',
    title: () => t('machines:verb.copyAddress'),
    isEnabled: () => targets().some((machine) => machine.addresses.length > 0),
    subject: () => targets()[0]?.addresses[0],
    run: () =>
      copyText(
        targets()
          .flatMap((machine) => machine.addresses.slice(0, 1))
          .join('\n'),
      ),
  },
  {
    id: 'machine.delete',
    group: 'machine',
    icon: Trash,
    danger: true,
    title: () => t('machines:verb.delete'),
    shortcut: 'Delete',
    ...about('delete'),
    run: async () => {
      const machines = targetsOf('delete');
      await showDialog<void>((close) => createElement(DeleteDialog, { machines, close }));
    },
  },
];

export function addMachineCommands(): () => void {
  return commands.add(...machineCommands);
}

/** A command as a line of a menu. */
export function menuItem(id: string): readonly MenuItem[] {
  const command = commands.get(id);
  if (command === undefined) return [];
  return [
    {
      id,
      label: command.title(),
      icon: command.icon,
      keys: keysOf(id),
      danger: command.danger === true,
      disabled: command.isEnabled?.() === false,
      run: () => commands.run(id),
    },
  ];
}

/** The menu of one or several machines. Of Start and Resume the one that applies is shown. */
export function machineMenu(): readonly MenuSection[] {
  const main = targetsOf('resume').length > 0 ? 'machine.resume' : 'machine.start';
  const section = (id: string, ...ids: readonly string[]): MenuSection => ({ id, items: ids.flatMap(menuItem) });
  const autostart = targets().every((machine) => machine.autostart);
  return [
    section('open', 'machine.open', 'machine.console', 'machine.consoleWindow'),
    section('power', main, 'machine.suspend', 'machine.shutdown', 'machine.reboot', 'machine.managedSave'),
    section('force', 'machine.reset', 'machine.destroy'),
    {
      id: 'organise',
      items: [
        ...['machine.rename', 'machine.folder', 'machine.tags'].flatMap(menuItem),
        ...menuItem('machine.autostart').map((item) => ({ ...item, checked: autostart })),
      ],
    },
    section('delete', 'machine.delete'),
  ];
}

/** What a power button's menu offers. */
export function stopMenu(): readonly MenuSection[] {
  return [
    {
      id: 'ask',
      items: ['machine.shutdown', 'machine.reboot', 'machine.managedSave'].flatMap(menuItem),
    },
    { id: 'force', items: ['machine.reset', 'machine.destroy'].flatMap(menuItem) },
  ];
}
