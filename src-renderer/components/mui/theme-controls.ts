import type { ThemeOptions } from '@mui/material/styles';

type Components = NonNullable<ThemeOptions['components']>;

const focusRing = { outline: 'var(--focus-width) solid var(--focus)', outlineOffset: '1px' };

/** What is pressed, typed into or chosen. */
export const controls: Components = {
  MuiButtonBase: {
    defaultProps: { disableRipple: true, disableTouchRipple: true },
    styleOverrides: { root: { cursor: 'default', '&.Mui-focusVisible': focusRing } },
  },
  MuiButton: {
    defaultProps: { disableElevation: true, variant: 'outlined', color: 'inherit' },
    styleOverrides: {
      root: {
        minWidth: 24,
        height: 'var(--control)',
        padding: '0 10px',
        gap: 6,
        borderRadius: 'var(--radius-s)',
        whiteSpace: 'nowrap',
        '& svg': { width: 16, height: 16 },
      },
      outlined: {
        borderColor: 'var(--line-strong)',
        background: 'var(--raised)',
        color: 'var(--text)',
        '&:hover': {
          background: 'color-mix(in srgb, var(--raised), var(--text) 4%)',
          borderColor: 'var(--line-strong)',
        },
      },
      text: { color: 'var(--text-2)', '&:hover': { background: 'var(--hover)', color: 'var(--text)' } },
      contained: { border: '1px solid transparent' },
      sizeSmall: { height: 24, padding: '0 8px', font: 'var(--text-s)', fontWeight: 500 },
    },
  },
  MuiIconButton: {
    styleOverrides: {
      root: {
        width: 'var(--control)',
        height: 'var(--control)',
        padding: 0,
        borderRadius: 'var(--radius-s)',
        color: 'var(--text-2)',
        '&:hover': { background: 'var(--hover)', color: 'var(--text)' },
        '& svg': { width: 16, height: 16 },
      },
      sizeSmall: { width: 24, height: 24 },
    },
  },
  MuiInputBase: {
    styleOverrides: {
      root: { font: 'var(--text-m)', color: 'var(--text)', background: 'var(--field)' },
      input: { height: 20, padding: 0, '&::placeholder': { color: 'var(--text-3)', opacity: 1 } },
    },
  },
  MuiOutlinedInput: {
    defaultProps: { notched: false },
    styleOverrides: {
      root: {
        minHeight: 'var(--control)',
        borderRadius: 'var(--radius-s)',
        '&:hover:not(.Mui-disabled, .Mui-error) .MuiOutlinedInput-notchedOutline': {
          borderColor: 'var(--line-control)',
        },
        '&.Mui-focused .MuiOutlinedInput-notchedOutline': {
          borderColor: 'var(--focus)',
          borderWidth: 'var(--focus-width)',
        },
        '&.Mui-error .MuiOutlinedInput-notchedOutline': { borderColor: 'var(--danger)' },
        '&.Mui-disabled': { background: 'var(--sunken)' },
      },
      input: { padding: '3px 8px' },
      multiline: { padding: 0 },
      notchedOutline: {
        top: 0,
        borderWidth: 'var(--border-width)',
        borderColor: 'var(--line-strong)',
        '& legend': { display: 'none' },
      },
    },
  },
  MuiSelect: {
    defaultProps: { MenuProps: { slotProps: { list: { dense: true } } } },
    styleOverrides: {
      select: {
        minHeight: 20,
        padding: '3px 28px 3px 8px',
        '&:focus-visible': { outline: 'none' },
      },
      icon: { width: 16, height: 16, top: 'calc(50% - 8px)', right: 8, color: 'var(--text-2)' },
    },
  },
  MuiCheckbox: {
    styleOverrides: {
      root: {
        padding: 4,
        color: 'var(--line-control)',
        borderRadius: 'var(--radius-s)',
        '&.Mui-checked, &.MuiCheckbox-indeterminate': { color: 'var(--accent-fill)' },
        '&:hover': { background: 'none' },
        '&:has(:focus-visible)': focusRing,
        '& svg': { width: 16, height: 16 },
      },
    },
  },
  MuiSwitch: {
    styleOverrides: {
      root: {
        width: 30,
        height: 18,
        padding: 0,
        margin: '3px 0',
        overflow: 'visible',
        '&:has(:focus-visible)': { ...focusRing, borderRadius: 9 },
      },
      switchBase: {
        padding: 3,
        '&:hover': { background: 'none' },
        '&.Mui-checked': { transform: 'translateX(12px)' },
        '&.Mui-checked .MuiSwitch-thumb': { background: 'var(--on-accent)' },
        '&.Mui-checked + .MuiSwitch-track': {
          opacity: 1,
          background: 'var(--accent-fill)',
          borderColor: 'var(--accent-fill)',
        },
        '&.Mui-disabled + .MuiSwitch-track': { opacity: 0.5 },
      },
      thumb: { width: 12, height: 12, background: 'var(--line-control)', boxShadow: 'none' },
      track: {
        opacity: 1,
        borderRadius: 9,
        border: '1px solid var(--line-control)',
        background: 'color-mix(in srgb, var(--line-control) 16%, var(--field))',
      },
    },
  },
  MuiFormControlLabel: {
    styleOverrides: {
      root: { margin: 0, gap: 8, alignItems: 'flex-start', minHeight: 24 },
      label: { font: 'var(--text-m)', paddingTop: 2, '&.Mui-disabled': { color: 'var(--text-disabled)' } },
    },
  },
  MuiSlider: {
    defaultProps: { size: 'small' },
    styleOverrides: {
      root: { height: 4, padding: '10px 0' },
      rail: { opacity: 1, background: 'var(--neutral-soft)' },
      track: { border: 0, background: 'var(--accent-fill)' },
      thumb: {
        width: 14,
        height: 14,
        background: 'var(--raised)',
        border: '2px solid var(--accent-fill)',
        boxShadow: 'none',
        '&:hover, &.Mui-active': { boxShadow: 'none' },
        '&.Mui-focusVisible': { ...focusRing, boxShadow: 'none' },
        '&::before': { boxShadow: 'none' },
      },
    },
  },
  MuiTabs: {
    styleOverrides: {
      root: { minHeight: 34, padding: '0 12px', borderBottom: '1px solid var(--line)' },
      indicator: { height: 2, background: 'var(--accent)', transition: 'none' },
    },
  },
  MuiTab: {
    styleOverrides: {
      root: {
        minWidth: 0,
        minHeight: 34,
        padding: '0 10px',
        color: 'var(--text-2)',
        '&:hover, &.Mui-selected': { color: 'var(--text)' },
        '&.Mui-focusVisible': { outlineOffset: '-3px' },
      },
    },
  },
};
