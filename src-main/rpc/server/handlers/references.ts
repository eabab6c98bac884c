/** Objects as the wire names them. */
import type { DomainSummary } from '../../../../src-shared/model/summary.ts';
import type { DomainReference } from '../../protocol/objects.ts';

const notRunning = -1;

export function domainReference({ name, uuid, id }: DomainSummary): DomainReference {
  return { name, uuid, id: id ?? notRunning };
}
