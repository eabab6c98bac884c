/** How the window looks: what the preferences and the system ask for, as attributes of the document. */
import type { Settings } from '../../../src-shared/contract/app.ts';

export type Appearance = Pick<Settings, 'theme' | 'density' | 'reducedMotion'>;

export interface SystemWishes {
  readonly dark: boolean;
  readonly moreContrast: boolean;
  readonly reducedMotion: boolean;
}

export interface DocumentAttributes {
  readonly theme: 'light' | 'dark';
  readonly contrast: 'more' | 'normal';
  readonly density: 'comfortable' | 'compact';
  readonly motion: 'reduced' | 'full';
}

/** High contrast by choice is dark unless the system is light; by the system it comes on top of either. */
export function resolveAppearance(appearance: Appearance, system: SystemWishes): DocumentAttributes {
  const { theme, density, reducedMotion } = appearance;
  const dark = theme === 'dark' || (theme !== 'light' && system.dark);
  const contrast = theme === 'high-contrast' || (theme === 'system' && system.moreContrast);
  const reduced = reducedMotion === 'on' || (reducedMotion === 'system' && system.reducedMotion);
  return {
    theme: dark ? 'dark' : 'light',
    contrast: contrast ? 'more' : 'normal',
    density,
    motion: reduced ? 'reduced' : 'full',
  };
}

const queries = {
  dark: '(prefers-color-scheme: dark)',
  moreContrast: '(prefers-contrast: more)',
  reducedMotion: '(prefers-reduced-motion: reduce)',
};

let current: Appearance | undefined;

/** Applies an appearance now, and again whenever the system's wishes change. */
export function applyAppearance(appearance: Appearance): void {
  const first = current === undefined;
  current = appearance;
  update();
  if (!first) return;
  for (const query of Object.values(queries)) window.matchMedia(query).addEventListener('change', update);
}

function update(): void {
  if (current === undefined) return;
  const resolved = resolveAppearance(current, {
    dark: window.matchMedia(queries.dark).matches,
    moreContrast: window.matchMedia(queries.moreContrast).matches,
    reducedMotion: window.matchMedia(queries.reducedMotion).matches,
  });
  Object.assign(document.documentElement.dataset, resolved);
}
