/** How large a guest's screen is shown. */

/**
 * `fit`: as it is, smaller where it doesn't fit. `fill`: as large as fits. `actual`: one pixel of the guest on one of the
 * display, whatever the desktop's scale factor, with scroll bars.
 */
export type Scaling = 'fit' | 'fill' | 'actual';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** CSS pixels a guest pixel takes. */
export function scaleOf(scaling: Scaling, guest: Size, area: Size, pixelRatio: number): number {
  const actual = 1 / pixelRatio;
  if (scaling === 'actual' || guest.width <= 0 || guest.height <= 0) return actual;
  const largest = Math.min(area.width / guest.width, area.height / guest.height);
  return scaling === 'fit' ? Math.min(actual, largest) : largest;
}

/**
 * How the browser should scale: not at all where a guest pixel covers whole pixels, so that text stays sharp;
 * smoothly in between.
 */
export function renderingOf(scale: number, pixelRatio: number): 'pixelated' | 'auto' {
  const perPixel = scale * pixelRatio;
  return Math.abs(perPixel - Math.round(perPixel)) < 0.001 && perPixel > 0.5 ? 'pixelated' : 'auto';
}

/** Calls back when the window moves to a display with another scale factor. */
export function watchPixelRatio(changed: () => void): () => void {
  let query: MediaQueryList | undefined;
  const arm = (): void => {
    query?.removeEventListener('change', react);
    query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener('change', react);
  };
  const react = (): void => {
    arm();
    changed();
  };
  arm();
  return () => query?.removeEventListener('change', react);
}
