/** The keyboard and mouse of the list and of the grid: one place that moves, several that are chosen. */
import { useCallback, useMemo, useState } from 'react';
import { commands } from '../../app/commands/commands.ts';
import type { MachineKey } from '../../app/store/inventory.ts';
import { putMachines } from './drag.ts';
import { machineMenu } from './machine-commands.ts';
import { setSelection, useMachines } from './machines-store.ts';
import type { MenuSection } from '../../components/menu.tsx';
import { choose, chooseAll, chooseForMenu, move, nothingSelected } from './selection.ts';
import type { Line } from './view.ts';

export interface OpenMenu {
  readonly at: { readonly x: number; readonly y: number };
  readonly sections: readonly MenuSection[];
}

export interface MachineKeys {
  readonly order: readonly MachineKey[];
  readonly menu: OpenMenu | undefined;
  readonly closeMenu: () => void;
  readonly onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => void;
  /** For each machine's element. */
  readonly handlers: (key: MachineKey) => {
    onClick: (event: React.MouseEvent) => void;
    onDoubleClick: () => void;
    onContextMenu: (event: React.MouseEvent) => void;
    onDragStart: (event: React.DragEvent) => void;
  };
}

/** @param perRow How many machines stand side by side. @param pageRows How many rows are in sight. */
export function useMachineKeys(lines: readonly Line[], perRow: number, pageRows: () => number): MachineKeys {
  const [menu, setMenu] = useState<OpenMenu>();
  const order = useMemo(() => lines.flatMap((line) => (line.type === 'machine' ? [line.machine.key] : [])), [lines]);

  const openMenuFor = useCallback((key: MachineKey, at: { x: number; y: number }): void => {
    setSelection(chooseForMenu(useMachines.getState().selection, key));
    setMenu({ at, sections: machineMenu() });
  }, []);

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>): void => {
    if (event.target !== event.currentTarget) return;
    const { selection } = useMachines.getState();
    const modifiers = { toggle: event.ctrlKey, range: event.shiftKey };
    const by = (step: number): void => setSelection(move(selection, step, order, modifiers));
    const isMenuKey = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
    if (event.key === 'ArrowDown') by(perRow);
    else if (event.key === 'ArrowUp') by(-perRow);
    else if (event.key === 'ArrowRight' && perRow > 1) by(1);
    else if (event.key === 'ArrowLeft' && perRow > 1) by(-1);
    else if (event.key === 'Home') by(-order.length);
    else if (event.key === 'End') by(order.length);
    else if (event.key === 'PageDown') by(perRow * pageRows());
    else if (event.key === 'PageUp') by(-perRow * pageRows());
    else if (event.key === ' ' && selection.active !== undefined) {
      setSelection(choose(selection, selection.active, order, { toggle: true, range: false }));
    } else if (event.key === 'a' && event.ctrlKey) setSelection(chooseAll(selection, order));
    else if (event.key === 'Escape') setSelection({ ...nothingSelected, active: selection.active });
    else if (isMenuKey && selection.active !== undefined) {
      const row = document.getElementById(`machine-${selection.active}`)?.getBoundingClientRect();
      openMenuFor(selection.active, { x: (row?.left ?? 0) + 48, y: row?.bottom ?? 0 });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  // The same function as long as the order is: rows that did not change are not drawn again.
  const handlers = useCallback<MachineKeys['handlers']>(
    (key) => ({
      onClick: (event) => {
        const { selection } = useMachines.getState();
        setSelection(choose(selection, key, order, { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey }));
      },
      onDoubleClick: () => commands.run('machine.open'),
      onContextMenu: (event) => {
        event.preventDefault();
        openMenuFor(key, { x: event.clientX, y: event.clientY });
      },
      onDragStart: (event) => {
        const chosen = chooseForMenu(useMachines.getState().selection, key);
        setSelection(chosen);
        putMachines(event.dataTransfer, [...chosen.chosen]);
      },
    }),
    [order, openMenuFor],
  );
  const closeMenu = useCallback(() => setMenu(undefined), []);

  return { order, menu, closeMenu, onKeyDown, handlers };
}
