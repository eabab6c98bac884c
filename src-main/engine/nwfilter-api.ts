/**
 * Network filters of a connection, addressed by UUID, and their bindings, addressed by the interface. A method that is
 * absent is what the driver cannot do.
 */
import type { NwfilterBindingSummary, NwfilterSummary } from '../../src-shared/model/nwfilter-summary.ts';
import type { Author } from './author.ts';

export type { NwfilterBindingSummary, NwfilterSummary };

export interface NwfilterApi {
  list(): Promise<readonly NwfilterSummary[]>;
  /** @throws VirError `no-nwfilter` */
  lookupByName(name: string): Promise<NwfilterSummary>;
  lookupByUuid(uuid: string): Promise<NwfilterSummary>;
  xml(uuid: string): Promise<string>;
  /** Adds a filter or replaces the one with its UUID; interfaces that are bound to it get the new rules. */
  define?(xml: string, options?: Author): Promise<NwfilterSummary>;
  /** @throws VirError `operation-invalid` while an interface is bound to it */
  undefine?(uuid: string): Promise<void>;

  bindings?(): Promise<readonly NwfilterBindingSummary[]>;
  /** @throws VirError `no-nwfilter-binding` */
  lookupBinding?(portDev: string): Promise<NwfilterBindingSummary>;
  bindingXml?(portDev: string): Promise<string>;
  /** Puts a filter in force on an interface. */
  createBinding?(xml: string): Promise<NwfilterBindingSummary>;
  /** Everything passes again. */
  deleteBinding?(portDev: string): Promise<void>;
}
