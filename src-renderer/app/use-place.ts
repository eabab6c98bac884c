import { useMemo } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { type Place, placeOf } from './routes.ts';

/** Where the window is. */
export function usePlace(): Place {
  const [location] = useHashLocation();
  return useMemo(() => placeOf(location), [location]);
}
