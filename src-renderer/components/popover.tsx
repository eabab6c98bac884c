import MuiPopover from '@mui/material/Popover';
import { MuiScope } from './mui/scope.tsx';

export interface PopoverProps {
  readonly anchor: Element;
  readonly side?: 'below' | 'above';
  readonly align?: 'start' | 'end';
  readonly label: string;
  readonly className?: string | undefined;
  readonly children: React.ReactNode;
  readonly onClose: () => void;
}

/** A small panel beside a control; closes on Escape and on a click elsewhere. Focus goes in, and back. */
export function Popover(props: PopoverProps): React.JSX.Element {
  const { anchor, side = 'below', align = 'start', label, className, children, onClose } = props;
  const horizontal = align === 'start' ? 'left' : 'right';
  return (
    <MuiScope>
      <MuiPopover
        open
        anchorEl={anchor}
        anchorOrigin={{ vertical: side === 'below' ? 'bottom' : 'top', horizontal }}
        transformOrigin={{ vertical: side === 'below' ? 'top' : 'bottom', horizontal }}
        onClose={onClose}
        slotProps={{
          paper: {
            role: 'dialog',
            'aria-label': label,
            sx: { mt: side === 'below' ? 1 : -1, borderRadius: 'var(--radius-l)' },
            ...(className === undefined ? {} : { className }),
          },
        }}
      >
        {children}
      </MuiPopover>
    </MuiScope>
  );
}
