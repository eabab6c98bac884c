/** Whether this window has the whole display, as the main process tells. */
import { create } from 'zustand';

const useStore = create<boolean>()(() => false);

export const acceptFullScreen = (on: boolean): void => useStore.setState(on, true);

export const useIsFullScreen = (): boolean => useStore();
