import { useEffect, useRef } from 'react';
import type { Ring } from './ring.ts';
import styles from './sparkline.module.css';
import { sparklineLevels } from './sparkline-levels.ts';

/** Something that tells when there is a new value. */
export interface Series {
  readonly ring: Ring;
  subscribe(listener: () => void): () => void;
}

export interface SparklineProps {
  readonly series: Series | undefined;
  readonly width: number;
  readonly height: number;
  /** The value at the top. */
  readonly max: number;
  /** Which of the graph colours. */
  readonly color?: 1 | 2;
}

/**
 * A small graph of the last two minutes. It is drawn only when the picture changes: an idle machine's flat line costs
 * nothing. Its figure stands beside it as text, so it says nothing itself.
 */
export function Sparkline({ series, width, height, max, color = 1 }: SparklineProps): React.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const picture = new Picture(element, width, height, color);
    const draw = (): void => picture.draw(series?.ring, max);
    draw();
    const themeWatch = new MutationObserver(() => {
      picture.readColours();
      draw();
    });
    themeWatch.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-contrast'] });
    const stop = series?.subscribe(draw);
    return () => {
      stop?.();
      themeWatch.disconnect();
    };
  }, [series, width, height, max, color]);

  return <canvas ref={canvas} className={styles.canvas} style={{ width, height }} aria-hidden />;
}

class Picture {
  readonly #element: HTMLCanvasElement;
  readonly #width: number;
  readonly #height: number;
  readonly #color: 1 | 2;
  #ratio = 0;
  #line = '';
  #fill = '';
  #base = '';
  #shown = '';

  constructor(element: HTMLCanvasElement, width: number, height: number, color: 1 | 2) {
    this.#element = element;
    this.#width = width;
    this.#height = height;
    this.#color = color;
    this.readColours();
  }

  readColours(): void {
    const style = getComputedStyle(this.#element);
    this.#line = style.getPropertyValue(`--graph-${this.#color}`);
    this.#fill = style.getPropertyValue(this.#color === 1 ? '--graph-fill' : '--graph-fill-2');
    this.#base = style.getPropertyValue('--line');
    this.#shown = '';
  }

  draw(ring: Ring | undefined, max: number): void {
    const levels = sparklineLevels(ring, max, this.#height - 2);
    const picture = `${window.devicePixelRatio}:${levels.join()}`;
    if (picture === this.#shown) return;
    this.#shown = picture;
    const context = this.#element.getContext('2d');
    if (context === null) return;
    if (this.#ratio !== window.devicePixelRatio) {
      this.#ratio = window.devicePixelRatio;
      this.#element.width = Math.round(this.#width * this.#ratio);
      this.#element.height = Math.round(this.#height * this.#ratio);
    }
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    context.fillStyle = this.#base;
    context.fillRect(0, this.#height - 1, this.#width, 1);
    const capacity = ring?.capacity ?? 2;
    const step = this.#width / (capacity - 1);
    const start = capacity - levels.length;
    for (const run of runsOf(levels)) {
      const x = (index: number): number => (start + index) * step;
      const y = (level: number): number => this.#height - 1 - level;
      context.beginPath();
      run.values.forEach((level, index) => context.lineTo(x(run.from + index), y(level)));
      context.strokeStyle = this.#line;
      context.lineWidth = 1.25;
      context.lineJoin = 'round';
      context.stroke();
      context.lineTo(x(run.from + run.values.length - 1), this.#height - 1);
      context.lineTo(x(run.from), this.#height - 1);
      context.fillStyle = this.#fill;
      context.fill();
    }
  }
}

function runsOf(levels: readonly number[]): readonly { from: number; values: number[] }[] {
  const runs: { from: number; values: number[] }[] = [];
  levels.forEach((level, index) => {
    if (Number.isNaN(level)) return;
    const last = runs.at(-1);
    if (last !== undefined && last.from + last.values.length === index) last.values.push(level);
    else runs.push({ from: index, values: [level] });
  });
  return runs;
}
