import { t } from '../../app/i18n.ts';
import { useInventory } from '../../app/store/inventory-store.ts';
import { useSettings } from '../../app/store/settings-store.ts';
import type { MenuSection } from '../../components/menu.tsx';
import { setLook, sortBy, useMachines } from './machines-store.ts';
import { columns, grouping } from './view.ts';

/** Order, headings and columns of the list. */
export function lookMenu(): readonly MenuSection[] {
  const { sort, grouping: current, hiddenColumns } = useMachines.getState();
  const severalHosts = useInventory.getState().connections.size > 1;
  const isGrid = useSettings.getState().machinesView === 'grid';
  return [
    {
      id: 'group',
      heading: t('machines:look.group'),
      items: grouping
        .filter((each) => each !== 'host' || severalHosts)
        .map((each) => ({
          id: `group-${each}`,
          label: t(`machines:grouping.${each}`),
          checked: current === each,
          run: () => setLook({ grouping: each }),
        })),
    },
    {
      id: 'sort',
      heading: t('machines:look.sort'),
      items: (isGrid ? columns : []).map((each) => ({
        id: `sort-${each}`,
        label: t(`machines:column.${each}`),
        checked: sort.column === each,
        run: () => sortBy(each),
      })),
    },
    {
      id: 'columns',
      heading: t('machines:look.columns'),
      items: (isGrid ? [] : columns.filter((each) => each !== 'name')).map((each) => ({
        id: `column-${each}`,
        label: t(`machines:column.${each}`),
        checked: !hiddenColumns.includes(each),
        run: () =>
          setLook({
            hiddenColumns: hiddenColumns.includes(each)
              ? hiddenColumns.filter((column) => column !== each)
              : [...hiddenColumns, each],
          }),
      })),
    },
  ];
}
