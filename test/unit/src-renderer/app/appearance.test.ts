import { describe, expect, it } from 'vitest';
import { resolveAppearance } from '../../../../src-renderer/app/theme/appearance.ts';
import { resolveLanguage } from '../../../../src-renderer/app/i18n.ts';

const system = { dark: true, moreContrast: false, reducedMotion: true };
const appearance = { theme: 'system', density: 'compact', reducedMotion: 'system' } as const;

describe('how the window looks', () => {
  it('follows the system where nothing else is asked for', () => {
    expect(resolveAppearance(appearance, system)).toEqual({
      theme: 'dark',
      contrast: 'normal',
      density: 'compact',
      motion: 'reduced',
    });
    expect(resolveAppearance(appearance, { ...system, moreContrast: true }).contrast).toBe('more');
  });

  it('follows the user first', () => {
    const chosen = { ...appearance, theme: 'light', reducedMotion: 'off' } as const;
    expect(resolveAppearance(chosen, { ...system, moreContrast: true })).toMatchObject({
      theme: 'light',
      contrast: 'normal',
      motion: 'full',
    });
  });

  it('has high contrast in light and in dark', () => {
    const high = { ...appearance, theme: 'high-contrast' } as const;
    expect(resolveAppearance(high, system)).toMatchObject({ theme: 'dark', contrast: 'more' });
    expect(resolveAppearance(high, { ...system, dark: false })).toMatchObject({ theme: 'light', contrast: 'more' });
  });
});

describe('the language', () => {
  it('is the first of the system’s that we have', () => {
    expect(resolveLanguage('system', ['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(resolveLanguage('system', ['ja'])).toBe('en');
    expect(resolveLanguage('en', ['de'])).toBe('en');
  });
});
