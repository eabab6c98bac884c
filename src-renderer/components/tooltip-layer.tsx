import { useEffect, useRef } from 'react';
import { shownKeys } from './key-names.ts';
import { placeNear } from './place.ts';
import styles from './tooltip-layer.module.css';

const delayMs = 450;
/** Going from one control to the next within this time shows the next tip at once. */
const warmMs = 300;

/**
 * One tooltip for the whole window: any element with `data-tip` has one (and `data-tip-keys` a shortcut beside it).
 * It repeats an accessible name, so it is hidden from assistive technology.
 */
export function TooltipLayer(): React.JSX.Element {
  const tip = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLSpanElement>(null);
  const keys = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    let timer: number | undefined;
    let current: Element | undefined;
    let hiddenMs = 0;

    const hide = (): void => {
      window.clearTimeout(timer);
      current = undefined;
      if (tip.current?.matches(':popover-open') !== true) return;
      tip.current.hidePopover();
      hiddenMs = performance.now();
    };
    const show = (target: Element): void => {
      const box = tip.current;
      const words = target.getAttribute('data-tip');
      if (box === null || text.current === null || keys.current === null || words === null || !target.isConnected)
        return;
      text.current.textContent = words;
      keys.current.textContent = shownKeys(target.getAttribute('data-tip-keys') ?? '');
      keys.current.hidden = keys.current.textContent === '';
      if (!box.matches(':popover-open')) box.showPopover();
      placeNear(box, target.getBoundingClientRect(), target.closest('[data-tip-side="right"]') ? 'right' : 'below');
    };
    const consider = (event: Event, immediately: boolean): void => {
      const target = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
      if (target === null) {
        hide();
        return;
      }
      if (target === current) return;
      hide();
      current = target;
      const warm = performance.now() - hiddenMs < warmMs;
      timer = window.setTimeout(() => show(target), immediately || warm ? 0 : delayMs);
    };
    const onOver = (event: Event): void => consider(event, false);
    const onFocus = (event: Event): void => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) consider(event, true);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hide();
    };
    document.addEventListener('pointerover', onOver);
    document.addEventListener('focusin', onFocus);
    document.addEventListener('focusout', hide);
    document.addEventListener('pointerdown', hide, true);
    document.addEventListener('keydown', onKey);
    document.addEventListener('scroll', hide, true);
    return () => {
      hide();
      document.removeEventListener('pointerover', onOver);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('pointerdown', hide, true);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('scroll', hide, true);
    };
  }, []);

  return (
    <div ref={tip} popover="manual" className={styles.tip} aria-hidden>
      <span ref={text} />
      <span ref={keys} className={styles.keys} />
    </div>
  );
}
