import { type Domain, formatDomain, parseDomain } from '../../../../src-shared/model/domain/index.ts';
import { type Draft, draftsOf } from '../../../app/edit/draft.ts';

/** An edit of a machine's definition. */
export type MachineDraft = Draft<Domain>;

export const machineDrafts = draftsOf(parseDomain, formatDomain);
