import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { ThemeProvider } from '@mui/material/styles';
import { createMuiTheme } from './theme.ts';

/** The page's policy accepts only styles that carry the nonce of its load. */
function readNonce(): string | undefined {
  const content = document.querySelector('meta[property="csp-nonce"]')?.getAttribute('content');
  return content === null || content === '' ? undefined : content;
}

const nonce = readNonce();
const cache = createCache({ key: 'mui', prepend: true, ...(nonce === undefined ? {} : { nonce }) });
const theme = createMuiTheme();

/**
 * Where MUI may be used. Every screen but the first is inside one, and so is what opens on top of it; the first paint
 * does without MUI, whose start costs more than all the rest of it.
 */
export function MuiScope({ children }: { children: React.ReactNode }): React.JSX.Element {
  return (
    <CacheProvider value={cache}>
      <ThemeProvider theme={theme}>{children}</ThemeProvider>
    </CacheProvider>
  );
}
