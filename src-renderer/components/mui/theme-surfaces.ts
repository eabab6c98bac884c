import type { ThemeOptions } from '@mui/material/styles';

type Components = NonNullable<ThemeOptions['components']>;

/** What lies on top of something, and what shows without being touched. Lines, not elevation. */
export const surfaces: Components = {
  MuiPaper: {
    defaultProps: { elevation: 0 },
    styleOverrides: { root: { backgroundImage: 'none', color: 'var(--text)' } },
  },
  MuiPopover: {
    defaultProps: { transitionDuration: 0 },
    styleOverrides: {
      paper: {
        borderRadius: 'var(--radius-m)',
        background: 'var(--raised)',
        boxShadow: 'var(--shadow-popover)',
      },
    },
  },
  MuiMenu: {
    defaultProps: { transitionDuration: 0 },
    styleOverrides: {
      paper: { minWidth: 176, maxWidth: 360, maxHeight: 'min(70vh, 560px)' },
      list: { padding: 4 },
    },
  },
  MuiMenuItem: {
    defaultProps: { dense: true },
    styleOverrides: {
      root: {
        gap: 8,
        minHeight: 28,
        padding: '3px 8px',
        borderRadius: 'var(--radius-s)',
        font: 'var(--text-m)',
        '& svg': { width: 16, height: 16, color: 'var(--text-2)' },
        '&:hover': { background: 'var(--hover)' },
        '&.Mui-focusVisible': { background: 'var(--selected)', outline: 'none' },
        '&.Mui-selected, &.Mui-selected:hover, &.Mui-selected.Mui-focusVisible': { background: 'var(--selected)' },
        '&.Mui-disabled': { opacity: 1, color: 'var(--text-disabled)' },
        '&.Mui-disabled svg': { color: 'inherit' },
      },
    },
  },
  MuiListSubheader: {
    styleOverrides: {
      root: {
        padding: '6px 8px 2px',
        font: 'var(--text-xs)',
        fontWeight: 500,
        color: 'var(--text-3)',
        background: 'none',
      },
    },
  },
  MuiDivider: { styleOverrides: { root: { borderColor: 'var(--line)' } } },
  MuiBackdrop: { styleOverrides: { root: { background: 'var(--scrim)' }, invisible: { background: 'transparent' } } },
  MuiDialog: {
    defaultProps: { transitionDuration: 100 },
    styleOverrides: {
      paper: {
        // It takes the focus so that Tab begins inside; it is nothing to act on.
        '&:focus-visible': { outline: 'none' },
        width: 480,
        maxWidth: 'calc(100vw - 48px)',
        maxHeight: 'calc(100vh - 64px)',
        margin: 24,
        borderRadius: 'var(--radius-l)',
        boxShadow: 'var(--shadow-dialog)',
      },
    },
  },
  MuiDialogTitle: { styleOverrides: { root: { padding: '18px 20px 8px', font: 'var(--text-l)', fontWeight: 600 } } },
  MuiDialogContent: {
    styleOverrides: {
      root: {
        display: 'flex',
        flexDirection: 'column',
        gap: 12,
        padding: '8px 20px 20px',
        color: 'var(--text-2)',
      },
    },
  },
  MuiDialogActions: {
    styleOverrides: {
      root: { gap: 8, padding: '12px 20px', borderTop: '1px solid var(--line)', background: 'var(--window)' },
      spacing: { '& > :not(style) ~ :not(style)': { marginLeft: 0 } },
    },
  },
  MuiTooltip: {
    defaultProps: { enterDelay: 450, enterNextDelay: 0 },
    styleOverrides: {
      tooltip: {
        padding: '4px 8px',
        borderRadius: 'var(--radius-s)',
        background: '#1e2724',
        color: '#f2f6f4',
        font: 'var(--text-s)',
        boxShadow: '0 0 0 1px rgb(255 255 255 / 10%)',
      },
    },
  },
  MuiAutocomplete: {
    styleOverrides: {
      inputRoot: { padding: '0 32px 0 0 !important' },
      input: { padding: '3px 8px !important' },
      endAdornment: { right: '4px !important', '& button': { width: 24, height: 24 } },
      paper: { borderRadius: 'var(--radius-m)', boxShadow: 'var(--shadow-popover)' },
      listbox: {
        padding: 4,
        maxHeight: 300,
        '& .MuiAutocomplete-option': {
          minHeight: 28,
          padding: '3px 8px',
          borderRadius: 'var(--radius-s)',
          '&.Mui-focused': { background: 'var(--hover)' },
          '&[aria-selected="true"], &[aria-selected="true"].Mui-focused': { background: 'var(--selected)' },
        },
      },
      noOptions: { padding: '8px 12px', color: 'var(--text-3)' },
    },
  },
  MuiLinearProgress: {
    styleOverrides: {
      root: { height: 6, borderRadius: 3, background: 'var(--neutral-soft)' },
      bar: { borderRadius: 3, background: 'var(--graph-1)' },
    },
  },
  MuiTableCell: {
    styleOverrides: {
      root: { height: 'var(--row)', padding: '0 12px', font: 'var(--text-m)', borderColor: 'var(--line)' },
      head: {
        height: 28,
        font: 'var(--text-s)',
        fontWeight: 500,
        color: 'var(--text-3)',
        background: 'var(--surface)',
      },
    },
  },
};
