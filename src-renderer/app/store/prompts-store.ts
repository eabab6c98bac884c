import { create } from 'zustand';
import type { PromptInfo } from '../../../src-shared/contract/prompts.ts';

/** Open questions on the way to hosts. Written by the feed, and by whoever asks for them. */
export const usePrompts = create<{ readonly open: readonly PromptInfo[] }>()(() => ({ open: [] }));

export const acceptPrompts = (open: readonly PromptInfo[]): void => usePrompts.setState({ open });
