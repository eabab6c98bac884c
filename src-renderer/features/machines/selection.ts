/** Choosing several of an ordered list with mouse and keys, as file managers do it. Pure. */

export interface Selection<K> {
  readonly chosen: ReadonlySet<K>;
  /** Where the keyboard is. */
  readonly active: K | undefined;
  /** Where a range starts. */
  readonly anchor: K | undefined;
}

export interface Modifiers {
  /** Add to or take from what is chosen (Ctrl). */
  readonly toggle: boolean;
  /** Everything from the anchor to here (Shift). */
  readonly range: boolean;
}

export const nothingSelected: Selection<never> = { chosen: new Set(), active: undefined, anchor: undefined };

export function choose<K>(selection: Selection<K>, key: K, order: readonly K[], modifiers: Modifiers): Selection<K> {
  if (modifiers.range && selection.anchor !== undefined) {
    const range = between(order, selection.anchor, key);
    const chosen = modifiers.toggle ? new Set([...selection.chosen, ...range]) : new Set(range);
    return { chosen, active: key, anchor: selection.anchor };
  }
  if (modifiers.toggle) {
    const chosen = new Set(selection.chosen);
    if (!chosen.delete(key)) chosen.add(key);
    return { chosen, active: key, anchor: key };
  }
  return { chosen: new Set([key]), active: key, anchor: key };
}

/** Moves the keyboard's place by `step`; with Ctrl alone only the place moves. */
export function move<K>(
  selection: Selection<K>,
  step: number,
  order: readonly K[],
  modifiers: Modifiers,
): Selection<K> {
  const from = selection.active === undefined ? -1 : order.indexOf(selection.active);
  // From nowhere, Down begins at the first and Up at the last; Home and End still mean what they say.
  const wanted = from < 0 && step < 0 ? order.length + step : from + step;
  const to = Math.max(0, Math.min(order.length - 1, wanted));
  const key = order[to];
  if (key === undefined) return selection;
  if (modifiers.toggle && !modifiers.range) return { ...selection, active: key };
  return choose(selection, key, order, { range: modifiers.range, toggle: false });
}

/** For a context menu: on one of the chosen it is about all of them, on another about that one. */
export function chooseForMenu<K>(selection: Selection<K>, key: K): Selection<K> {
  if (selection.chosen.has(key)) return { ...selection, active: key };
  return { chosen: new Set([key]), active: key, anchor: key };
}

export function chooseAll<K>(selection: Selection<K>, order: readonly K[]): Selection<K> {
  return { chosen: new Set(order), active: selection.active ?? order[0], anchor: selection.anchor ?? order[0] };
}

/** Forgets what is no longer there; the same object when nothing was lost. */
export function keepExisting<K>(selection: Selection<K>, exists: (key: K) => boolean): Selection<K> {
  const { chosen, active, anchor } = selection;
  const kept = [...chosen].filter(exists);
  const activeStays = active === undefined || exists(active);
  const anchorStays = anchor === undefined || exists(anchor);
  if (kept.length === chosen.size && activeStays && anchorStays) return selection;
  return {
    chosen: new Set(kept),
    active: activeStays ? active : undefined,
    anchor: anchorStays ? anchor : undefined,
  };
}

function between<K>(order: readonly K[], from: K, to: K): readonly K[] {
  const [start, end] = [order.indexOf(from), order.indexOf(to)];
  if (start < 0 || end < 0) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}
