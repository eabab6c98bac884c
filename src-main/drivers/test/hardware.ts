/** Changes to the hardware of pretended guests, live and stored. */
import type { Domain } from '../../../src-shared/model/domain/index.ts';
import { say } from '../../../src-shared/words.ts';
import { addDevice, findDevice, parseDevice, removeDevice, replaceDevice } from '../../engine/device-edit.ts';
import type { DomainTable } from '../../engine/domain-table.ts';
import type { Affects } from '../../engine/driver.ts';
import type { GuestRecord, Runtime } from './guests.ts';
import { withAliases } from './live.ts';

const most = { vcpus: 128 };

export class Hardware {
  readonly #table: DomainTable<Runtime>;

  constructor(table: DomainTable<Runtime>) {
    this.#table = table;
  }

  async attachDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    const device = parseDevice(deviceXml);
    await this.#changeBoth(
      uuid,
      'attachDevice',
      affects,
      (domain) => addDevice(domain, device),
      (record, live) => {
        const alias = findDevice(live, device).alias?.name;
        if (alias !== undefined) this.#table.announce(record, { kind: 'device-added', alias });
      },
    );
  }

  async detachDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    const device = parseDevice(deviceXml);
    await this.#changeBoth(
      uuid,
      'detachDevice',
      affects,
      (domain) => removeDevice(domain, device),
      (record, _live, before) => {
        const alias = findDevice(before, device).alias?.name;
        if (alias !== undefined) this.#table.announce(record, { kind: 'device-removed', alias });
      },
    );
  }

  async updateDevice(uuid: string, deviceXml: string, affects: Affects): Promise<void> {
    const device = parseDevice(deviceXml);
    await this.#changeBoth(uuid, 'updateDevice', affects, (domain) => replaceDevice(domain, device));
  }

  async setMemory(uuid: string, kiB: number, affects: Affects & { readonly maximum?: boolean }): Promise<void> {
    const { maximum = false } = affects;
    const change = (domain: Domain): Domain => {
      const total = domain.memory?.KiB ?? 0;
      if (maximum) {
        const current = Math.min(domain.currentMemory?.KiB ?? kiB, kiB);
        return {
          ...domain,
          memory: { ...domain.memory, KiB: kiB },
          currentMemory: { ...domain.currentMemory, KiB: current },
        };
      }
      if (kiB > total) {
        throw this.#table.errors.error(
          'invalid-arg',
          say`cannot set memory of domain '${domain.name}' higher than its maximum`,
          say`It has ${total} KiB.`,
          say`Raise the maximum first, while it is off.`,
        );
      }
      return { ...domain, currentMemory: { ...domain.currentMemory, KiB: kiB } };
    };
    await this.#changeBoth(
      uuid,
      'setMemory',
      affects,
      change,
      (record) => this.#table.announce(record, { kind: 'balloon-change', actualKiB: kiB }),
      maximum ? 'cannot resize the maximum memory of an active domain' : undefined,
    );
  }

  async setVcpus(uuid: string, count: number, affects: Affects & { readonly maximum?: boolean }): Promise<void> {
    const { maximum = false } = affects;
    const change = (domain: Domain): Domain => {
      const limit = maximum ? most.vcpus : (domain.vcpu?.value ?? 1);
      if (count > limit) {
        throw this.#table.errors.error('invalid-arg', say`requested cpu amount exceeds maximum (${count} > ${limit})`);
      }
      const { current = count, ...rest } = domain.vcpu ?? { value: count };
      if (!maximum) return { ...domain, vcpu: count === rest.value ? rest : { ...rest, current: count } };
      return { ...domain, vcpu: { ...rest, value: count, ...(current < count ? { current } : {}) } };
    };
    const refusal = maximum ? 'cannot change the maximum number of vCPUs of an active domain' : undefined;
    await this.#changeBoth(uuid, 'setVcpus', affects, change, undefined, refusal);
  }

  async #changeBoth(
    uuid: string,
    api: string,
    affects: Affects,
    change: (domain: Domain) => Domain,
    told?: (record: GuestRecord, live: Domain, before: Domain) => void,
    refusedLive?: string,
  ): Promise<void> {
    await this.#table.modify(uuid, api, async (record) => {
      const { live, config } = this.#table.targets(record, affects);
      if (live && refusedLive !== undefined) {
        throw this.#table.errors.error(
          'operation-invalid',
          say`${refusedLive} '${record.name}'`,
          undefined,
          say`Shut it down first.`,
        );
      }
      const before = record.live;
      // Both must be possible before one is done.
      if (live && before !== undefined) change(before);
      if (config) await this.#table.editConfig(record, change, { author: api, complete: true });
      if (!live || before === undefined) return;
      this.#table.editLive(record, (domain) => withAliases(change(domain)));
      if (record.live !== undefined) told?.(record, record.live, before);
    });
  }
}
