import { create } from 'zustand';
import { go, paths } from '../routes.ts';

/** What the page that makes a machine should begin with. */
export type CreateStart =
  | { readonly path: string }
  | { readonly source: 'small-linux' | 'iso' | 'disk' | 'cloud' | 'url' | 'empty' };

export const useCreateStart = create<{ readonly start: CreateStart | undefined }>()(() => ({ start: undefined }));

/** Opens the page: with a file that was dropped or handed over, with a kind of source, or as it comes. */
export function startCreating(start?: CreateStart): void {
  useCreateStart.setState({ start });
  go(paths.create);
}
