/** Puts a box of the top layer beside a rectangle, inside the window. */
export type Side = 'below' | 'right';

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
    case 'below': {
      const top = fitsBelow || !fitsAbove ? below : above;
      return { left: within(anchor.left, size.width, view.width), top: within(top, size.height, view.height) };
    }
  }
}

export function placeNear(box: HTMLElement, anchor: DOMRect, side: Side): void {
  const size = { width: box.offsetWidth, height: box.offsetHeight };
  const { left, top } = placement(size, anchor, side, { width: window.innerWidth, height: window.innerHeight });
  box.style.left = `${Math.round(left)}px`;
  box.style.top = `${Math.round(top)}px`;
}
