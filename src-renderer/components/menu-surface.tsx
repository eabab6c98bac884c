import ListSubheader from '@mui/material/ListSubheader';
import MuiMenu from '@mui/material/Menu';
import MuiMenuItem from '@mui/material/MenuItem';
import Check from 'lucide-react/icons/check';
import { Icon } from './icon.tsx';
import { shownKeys } from './key-names.ts';
import type { MenuItem, MenuProps } from './menu-types.ts';
import styles from './menu-surface.module.css';
import { MuiScope } from './mui/scope.tsx';

export default function MenuSurface({
  anchor,
  align = 'start',
  label,
  sections,
  onClose,
}: MenuProps): React.JSX.Element {
  const hasIcons = sections.some((section) =>
    section.items.some((item) => item.icon !== undefined || item.checked !== undefined),
  );
  const place =
    anchor instanceof Element
      ? {
          anchorEl: anchor,
          anchorOrigin: { vertical: 'bottom', horizontal: align === 'start' ? 'left' : 'right' } as const,
          transformOrigin: { vertical: -4, horizontal: align === 'start' ? 'left' : 'right' } as const,
        }
      : { anchorReference: 'anchorPosition' as const, anchorPosition: { left: anchor.x, top: anchor.y } };
  return (
    <MuiScope>
      <MuiMenu
        open
        {...place}
        onClose={onClose}
        slotProps={{
          list: { 'aria-label': label },
          root: {
            onContextMenu: (event: React.MouseEvent) => event.preventDefault(),
            onKeyDown: (event: React.KeyboardEvent) => event.stopPropagation(),
          },
        }}
      >
        {sections
          .filter((section) => section.items.length > 0)
          .flatMap((section, index) => [
            index > 0 && <li key={`${section.id} line`} role="separator" className={styles.separator} />,
            section.heading !== undefined && (
              <ListSubheader key={`${section.id} heading`} role="presentation" disableSticky>
                {section.heading}
              </ListSubheader>
            ),
            ...section.items.map((item) => (
              <MuiMenuItem
                key={item.id}
                role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
                aria-checked={item.checked}
                disabled={item.disabled === true}
                className={item.danger === true ? styles.danger : undefined}
                onClick={() => {
                  onClose();
                  item.run();
                }}
              >
                {hasIcons && <Leading item={item} />}
                <span className={styles.label}>{item.label}</span>
                {item.keys !== undefined && <span className={styles.hint}>{shownKeys(item.keys)}</span>}
              </MuiMenuItem>
            )),
          ])}
      </MuiMenu>
    </MuiScope>
  );
}

function Leading({ item }: { item: MenuItem }): React.JSX.Element {
  if (item.checked === true) return <Icon of={Check} />;
  if (item.icon !== undefined) return <Icon of={item.icon} />;
  return <span className={styles.slot} />;
}
