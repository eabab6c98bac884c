/** Puts a box of the top layer beside a rectangle, inside the window. */
export type Side = 'below' | 'below-end' | 'above' | 'above-end' | 'right' | 'at';

const gap = 4;
const margin = 8;

interface Box {
  readonly left: number;
  readonly top: number;
}

/** Where a box of that size goes; flips to the other side when there is no room. */
export function placement(
  size: { readonly width: number; readonly height: number },
  anchor: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
  side: Side,
  view: { readonly width: number; readonly height: number },
): Box {
  const within = (value: number, length: number, limit: number): number =>
    Math.max(margin, Math.min(value, limit - length - margin));
  const below = anchor.bottom + gap;
  const above = anchor.top - gap - size.height;
  const fitsBelow = below + size.height + margin <= view.height;
  const fitsAbove = above >= margin;
  switch (side) {
    case 'right': {
      const right = anchor.right + gap + 2;
      const flips = right + size.width + margin > view.width;
      const left = flips ? anchor.left - gap - size.width : right;
      const middle = (anchor.top + anchor.bottom - size.height) / 2;
      return { left: within(left, size.width, view.width), top: within(middle, size.height, view.height) };
    }
    case 'at':
      return {
        left: within(anchor.left, size.width, view.width),
        top: within(anchor.top, size.height, view.height),
      };
    case 'above':
    case 'above-end': {
      const left = side === 'above' ? anchor.left : anchor.right - size.width;
      const top = fitsAbove || !fitsBelow ? above : below;
      return { left: within(left, size.width, view.width), top: within(top, size.height, view.height) };
    }
    case 'below':
    case 'below-end': {
      const left = side === 'below' ? anchor.left : anchor.right - size.width;
      const top = fitsBelow || !fitsAbove ? below : above;
      return { left: within(left, size.width, view.width), top: within(top, size.height, view.height) };
    }
  }
}

export function placeNear(box: HTMLElement, anchor: DOMRect, side: Side): void {
  const size = { width: box.offsetWidth, height: box.offsetHeight };
  const { left, top } = placement(size, anchor, side, { width: window.innerWidth, height: window.innerHeight });
  box.style.left = `${Math.round(left)}px`;
  box.style.top = `${Math.round(top)}px`;
}
