import MuiDialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useId } from 'react';
import type { DialogProps } from './dialog-types.ts';
import styles from './dialog-surface.module.css';
import { MuiScope } from './mui/scope.tsx';

export default function DialogSurface({
  title,
  children,
  actions,
  wide,
  onClose,
  onSubmit,
}: DialogProps): React.JSX.Element {
  const titleId = useId();
  return (
    <MuiScope>
      <MuiDialog
        open
        onClose={onClose}
        aria-labelledby={titleId}
        slotProps={{ paper: wide === true ? { sx: { width: 720 } } : {} }}
      >
        <form
          // Fields say themselves what is wrong; the browser's own bubble would know only half of it.
          noValidate
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            event.stopPropagation();
            onSubmit?.();
          }}
        >
          <DialogTitle id={titleId}>{title}</DialogTitle>
          <DialogContent>{children}</DialogContent>
          {actions !== undefined && <DialogActions>{actions}</DialogActions>}
        </form>
      </MuiDialog>
    </MuiScope>
  );
}
