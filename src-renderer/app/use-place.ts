/**
 * Where the window is. The address changes before anyone is told, and React may look at it meanwhile; so the place is
 * kept here, and changes when nobody holds on to the one before.
 */
import { useMemo } from 'react';
import { create } from 'zustand';
import { type Place, placeOf } from './routes.ts';

/** Answers whether the window stays where it is; it then knows where it was to go. */
export type Guard = (wanted: string) => boolean;

const addressed = (): string => window.location.hash.slice(1);

const useAddress = create<string>()(() => addressed());
const guards = new Set<Guard>();

window.addEventListener('hashchange', () => {
  const wanted = addressed();
  const shown = useAddress.getState();
  if (wanted === shown) return;
  if ([...guards].some((stays) => stays(wanted))) window.history.replaceState(null, '', `#${shown}`);
  else useAddress.setState(wanted, true);
});

/** Asks `guard` before the window goes elsewhere, until the answer is called. */
export function guardPlace(guard: Guard): () => void {
  guards.add(guard);
  return () => guards.delete(guard);
}

export function usePlace(): Place {
  const address = useAddress();
  return useMemo(() => placeOf(address), [address]);
}
