import type { Settings } from '../../../src-shared/contract/app.ts';
import { reportError } from '../../app/feedback/notices.ts';
import { changeSettings } from '../../app/store/settings-store.ts';

/** For a control: stores what was chosen, tells when that failed. */
export function change(settings: Partial<Settings>): void {
  changeSettings(settings).catch(reportError);
}
