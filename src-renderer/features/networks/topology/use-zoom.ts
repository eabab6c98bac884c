/** How large a picture is drawn, and which part of it is seen. */
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';

export interface Zoom {
  readonly scroll: RefObject<HTMLDivElement | null>;
  readonly scale: number;
  readonly larger: () => void;
  readonly smaller: () => void;
  readonly fit: () => void;
  /** Tells how large the picture is at its natural size. */
  readonly measure: (width: number, height: number) => void;
  readonly onKeyDown: (event: React.KeyboardEvent) => void;
}

const steps = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2];
const wheelStep = 0.002;

const clamp = (scale: number): number => Math.min(2, Math.max(0.25, scale));

export function useZoom(): Zoom {
  const scroll = useRef<HTMLDivElement>(null);
  const size = useRef({ width: 1, height: 1 });
  const [scale, setScale] = useState(1);
  const now = useRef(scale);
  now.current = scale;

  /** What is in the middle, or under the pointer, stays there. */
  const zoomTo = useCallback((next: number, at?: { readonly x: number; readonly y: number }): void => {
    const area = scroll.current;
    const before = now.current;
    setScale(next);
    if (area === null || before === next) return;
    const x = at?.x ?? area.clientWidth / 2;
    const y = at?.y ?? area.clientHeight / 2;
    const left = ((area.scrollLeft + x) / before) * next - x;
    const top = ((area.scrollTop + y) / before) * next - y;
    requestAnimationFrame(() => area.scrollTo({ left, top, behavior: 'instant' }));
  }, []);
  const larger = useCallback(() => zoomTo(steps.find((step) => step > now.current + 0.01) ?? 2), [zoomTo]);
  const smaller = useCallback(() => zoomTo(steps.findLast((step) => step < now.current - 0.01) ?? 0.25), [zoomTo]);
  const fit = useCallback((): void => {
    const area = scroll.current;
    if (area === null) return;
    const { width, height } = size.current;
    zoomTo(clamp(Math.min(1, area.clientWidth / width, area.clientHeight / height)));
  }, [zoomTo]);
  const measure = useCallback((width: number, height: number) => {
    size.current = { width, height };
  }, []);

  useEffect(() => {
    const area = scroll.current;
    if (area === null) return;
    const turn = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const edge = area.getBoundingClientRect();
      const at = { x: event.clientX - edge.left, y: event.clientY - edge.top };
      zoomTo(clamp(now.current * (1 - event.deltaY * wheelStep)), at);
    };
    // React's own would be passive, and the window would be scrolled as well.
    area.addEventListener('wheel', turn, { passive: false });
    return () => area.removeEventListener('wheel', turn);
  }, [zoomTo]);

  return useMemo(
    () => ({
      ...{ scroll, scale, larger, smaller, fit, measure },
      onKeyDown: (event) => {
        const isHere = scroll.current?.contains(event.target as Element) === true;
        if (!isHere || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
        if (event.key === '+' || event.key === '=') larger();
        else if (event.key === '-') smaller();
        else if (event.key === '0') fit();
        else return;
        event.preventDefault();
      },
    }),
    [scale, larger, smaller, fit, measure],
  );
}

/** Takes the picture at a place where nothing is, and moves it. */
export function usePan(scroll: RefObject<HTMLDivElement | null>): {
  readonly onPointerDown: (event: React.PointerEvent<HTMLElement>) => void;
} {
  return {
    onPointerDown: (event) => {
      const area = scroll.current;
      const target = event.target as Element;
      // Events of menus come here too, though they are drawn elsewhere.
      const isFree = area?.contains(target) === true && target.closest('[data-node], button, a') === null;
      if (area === null || event.button !== 0 || !isFree || event.pointerType === 'touch') return;
      const start = { x: event.clientX, y: event.clientY, left: area.scrollLeft, top: area.scrollTop };
      area.setPointerCapture(event.pointerId);
      area.dataset['panning'] = 'true';
      const move = ({ clientX, clientY }: PointerEvent): void => {
        area.scrollLeft = start.left - (clientX - start.x);
        area.scrollTop = start.top - (clientY - start.y);
      };
      const end = (): void => {
        delete area.dataset['panning'];
        area.removeEventListener('pointermove', move);
        area.removeEventListener('pointerup', end);
        area.removeEventListener('pointercancel', end);
      };
      area.addEventListener('pointermove', move);
      area.addEventListener('pointerup', end);
      area.addEventListener('pointercancel', end);
    },
  };
}
