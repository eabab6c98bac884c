import type { Machine } from '../../app/store/inventory.ts';

/** `http://debian.org/debian/12` → `debian 12`: readable without asking for the catalogue of operating systems. */
export function osLabel({ osId }: Pick<Machine, 'osId'>): string {
  if (osId === undefined) return '–';
  const parts = URL.canParse(osId) ? new URL(osId).pathname.split('/').filter(Boolean) : [osId];
  const words = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return words.join(' ');
}
