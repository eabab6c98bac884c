import { createStage, removeStage } from './stage.ts';
import { startXvfb } from './xvfb.ts';

/** Once for all end-to-end test files: a display, and the built application where its user can read it. */
export default async function setup(): Promise<() => Promise<void>> {
  const xvfb = await startXvfb();
  const stage = createStage();
  process.env['DISPLAY'] = xvfb.display;
  process.env['VIVARIUM_E2E_STAGE'] = stage.folder;
  return async () => {
    removeStage(stage);
    await xvfb.stop();
  };
}
