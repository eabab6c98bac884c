/**
 * MUI in the clothes of `tokens.css`: every colour is one of its roles, every size one of its steps, so that a switch
 * of light, dark or contrast is a change of the document's attributes and nothing is computed anew. What MUI draws and
 * what the plain parts of this folder draw look alike.
 */
import { createTheme, type Theme } from '@mui/material/styles';
import { controls } from './theme-controls.ts';
import { surfaces } from './theme-surfaces.ts';

export function createMuiTheme(): Theme {
  return createTheme({
    // The palette holds references, which only the browser can mix.
    cssVariables: { nativeColor: true, cssVarPrefix: 'mui' },
    spacing: 4,
    shape: { borderRadius: 4 },
    typography: {
      fontFamily: 'var(--font)',
      htmlFontSize: 13,
      fontSize: 13,
      fontWeightMedium: 500,
      fontWeightBold: 600,
      body1: { font: 'var(--text-m)' },
      body2: { font: 'var(--text-m)' },
      subtitle1: { font: 'var(--text-m)' },
      subtitle2: { font: 'var(--text-s)' },
      caption: { font: 'var(--text-s)' },
      button: { font: 'var(--text-m)', fontWeight: 500, textTransform: 'none', letterSpacing: 0 },
      h1: { font: 'var(--text-2xl)', fontWeight: 600 },
      h2: { font: 'var(--text-xl)', fontWeight: 600 },
      h3: { font: 'var(--text-l)', fontWeight: 600 },
    },
    palette: {
      primary: {
        main: 'var(--accent-fill)',
        dark: 'var(--accent-fill-hover)',
        light: 'var(--accent)',
        contrastText: 'var(--on-accent)',
      },
      error: {
        main: 'var(--danger-fill)',
        dark: 'var(--danger-fill-hover)',
        light: 'var(--danger)',
        contrastText: 'var(--on-danger)',
      },
      warning: { main: 'var(--warn)' },
      success: { main: 'var(--ok)' },
      info: { main: 'var(--info)' },
      text: { primary: 'var(--text)', secondary: 'var(--text-2)', disabled: 'var(--text-disabled)' },
      divider: 'var(--line)',
      background: { default: 'var(--surface)', paper: 'var(--raised)' },
      action: {
        active: 'var(--text-2)',
        hover: 'var(--hover)',
        selected: 'var(--selected)',
        disabled: 'var(--text-disabled)',
        disabledBackground: 'var(--neutral-soft)',
        focus: 'var(--hover)',
      },
    },
    transitions: { duration: { enteringScreen: 120, leavingScreen: 90, standard: 140, short: 120, shorter: 90 } },
    components: { ...controls, ...surfaces },
  });
}
