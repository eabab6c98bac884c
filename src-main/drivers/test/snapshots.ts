/** Snapshots of pretended guests, as libvirt's test driver has them: nothing is copied, the definition comes back. */
import type { Domain } from '../../../src-shared/model/domain/index.ts';
import { wholeDomain } from '../../../src-shared/model/domain/domain.ts';
import { say, type Sentence } from '../../../src-shared/words.ts';
import type { DomainRecord, DomainTable } from '../../engine/domain-table.ts';
import { inactiveCopy } from '../../engine/live-parts.ts';
import type { SnapshotCreateOptions, SnapshotRevertOptions } from '../../engine/snapshot-api.ts';
import { snapshotError } from '../../engine/snapshots/errors.ts';
import type { SnapshotHypervisor, SnapshotWork } from '../../engine/snapshots/local-snapshots.ts';
import { alignDisks } from '../../engine/snapshots/request.ts';
import type { KeptSnapshot } from '../../engine/snapshots/snapshot-set.ts';
import { pretend } from './pretend.ts';

const unsupported = (message: Sentence, cause: Sentence, fix: Sentence): Error =>
  snapshotError('test', 'operation-unsupported', message, { cause, fix });

/** The guests whose snapshots they are. */
interface SnapshotGuests<Runtime> {
  readonly table: Pick<DomainTable<Runtime>, 'editConfig'>;
  stop(record: DomainRecord<Runtime>, detail: 'from-snapshot'): void;
  goBack(record: DomainRecord<Runtime>, domain: Domain, paused: boolean): void;
}

export class TestSnapshots<Runtime> implements SnapshotHypervisor<Runtime> {
  readonly #guests: SnapshotGuests<Runtime>;
  readonly #delayMs: number;

  constructor(guests: SnapshotGuests<Runtime>, delayMs: number) {
    this.#guests = guests;
    this.#delayMs = delayMs;
  }

  check(_record: DomainRecord<Runtime>, { noMetadata, reuseExternal, diskOnly }: SnapshotCreateOptions): void {
    const unknown = (noMetadata === true ? 4 : 0) + (diskOnly === true ? 16 : 0) + (reuseExternal === true ? 32 : 0);
    if (unknown === 0) return;
    const message = say`unsupported flags (0x${unknown.toString(16)}) in function testDomainSnapshotCreateXML`;
    throw snapshotError('test', 'invalid-arg', message);
  }

  prepare(record: DomainRecord<Runtime>, request: KeptSnapshot & { readonly domain: Domain }): KeptSnapshot {
    const manual = request.disks?.disk.find(({ snapshot }) => snapshot === 'manual');
    if (manual !== undefined) {
      throw unsupported(
        say`'manual' snapshot mode is not supported by the test driver`,
        say`It is asked for disk '${manual.name}'.`,
        say`Choose internal or external.`,
      );
    }
    const { state } = record.state;
    const external = request.memory?.snapshot === 'external';
    const memory = external
      ? request.memory
      : { snapshot: state === 'shutoff' ? ('no' as const) : ('internal' as const) };
    return alignDisks(
      { ...request, state, ...(memory === undefined ? {} : { memory }) },
      request.domain,
      external ? 'external' : 'internal',
      'test',
    );
  }

  async take(
    record: DomainRecord<Runtime>,
    _snapshot: KeptSnapshot,
    { halt }: SnapshotCreateOptions,
    { control }: SnapshotWork,
  ): Promise<void> {
    await pretend(control, this.#delayMs, 1);
    if (halt === true && record.isActive) this.#guests.stop(record, 'from-snapshot');
  }

  async revert(
    record: DomainRecord<Runtime>,
    snapshot: KeptSnapshot,
    { running, paused }: SnapshotRevertOptions,
    { control }: SnapshotWork,
  ): Promise<void> {
    await pretend(control, this.#delayMs, 1);
    const { table } = this.#guests;
    const domain = wholeDomain(snapshot.domain);
    if (domain === undefined) throw new TypeError('it was checked that the snapshot has a domain');
    const named = { ...domain, name: record.name };
    const isOn = snapshot.state === 'running' || snapshot.state === 'paused';
    if (record.isActive) this.#guests.stop(record, 'from-snapshot');
    if (record.persistent) await table.editConfig(record, () => named, { author: 'snapshot-revert' });
    if (!isOn && running !== true && paused !== true) return;
    const standsStill = paused === true || (running !== true && snapshot.state === 'paused');
    this.#guests.goBack(record, named, standsStill);
  }

  checkDelete(): void {
    // Nothing is in any image.
  }

  async discard(): Promise<void> {
    await Promise.resolve();
  }

  definition({ live, current }: DomainRecord<Runtime>): Domain {
    return inactiveCopy(live ?? current);
  }
}
