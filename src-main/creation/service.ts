/** What the window and the command line ask of creation. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Creation, CreationPlan, MediumInfo, OsInfo, OsResources } from '../../src-shared/contract/create.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Connection } from '../engine/driver.ts';
import type { JobRegistry } from '../engine/jobs.ts';
import type { Logger } from '../engine/logger.ts';
import type { DiskUsage } from '../engine/usage.ts';
import { gatherFacts, hostAmounts } from './gather.ts';
import { type Plan, planCreation } from './plan.ts';
import { runPlan } from './run.ts';
import { findSmallLinux } from './small-linux.ts';
import { suggestName } from './suggest-name.ts';

export interface CreationParts {
  open(uri: string): Promise<Connection>;
  readonly jobs: JobRegistry;
  readonly logger: Logger;
  readonly catalogue: Catalogue;
  readonly usage: DiskUsage;
  /** `EngineDirectories.cache`. */
  readonly cacheFolder: string;
}

export class CreationService {
  readonly #parts: CreationParts;

  constructor(parts: CreationParts) {
    this.#parts = parts;
  }

  async inspectMedium(path: string): Promise<MediumInfo> {
    return await this.#parts.catalogue.identify(path);
  }

  async operatingSystems(): Promise<readonly OsInfo[]> {
    return await this.#parts.catalogue.operatingSystems();
  }

  async resources(uri: string, osId: string | undefined): Promise<OsResources> {
    return await this.#parts.catalogue.resources(osId, await hostAmounts(await this.#parts.open(uri)));
  }

  async suggestName(uri: string, base: string): Promise<string> {
    const domains = await (await this.#parts.open(uri)).domains.list();
    return suggestName(base, new Set(domains.map(({ name }) => name)));
  }

  async plan(spec: Creation): Promise<CreationPlan> {
    const { xml, findings, command } = await this.#plan(spec, randomUUID());
    return { xml, findings, command };
  }

  /** Starts the job that makes the machine. What makes it impossible is the job's error. */
  async run(spec: Creation): Promise<{ readonly jobId: string; readonly uuid: string }> {
    const uuid = randomUUID();
    const connection = await this.#parts.open(spec.uri);
    const { jobs, logger, catalogue, cacheFolder } = this.#parts;
    const job = jobs.start(
      {
        kind: 'domain.create',
        subject: spec.name,
        uri: spec.uri,
        domainUuid: uuid,
        unit: 'bytes',
        retryable: true,
      },
      async (control) =>
        await runPlan(
          spec,
          await this.#plan(spec, uuid),
          {
            ...{ connection, jobs, logger },
            downloadFolder: join(cacheFolder, 'downloads'),
            identify: async (path) => await catalogue.identify(path),
            planFor: async (changed, id) => await this.#plan(changed, id),
          },
          control,
        ),
    );
    return { jobId: job.info.id, uuid };
  }

  async smallLinux(): Promise<{ readonly available: boolean; readonly reason?: string; readonly sizeBytes?: number }> {
    const found = await findSmallLinux(this.#parts.cacheFolder);
    return found === undefined
      ? { available: false, reason: 'It has not been built: run npm start in the source folder, which does.' }
      : { available: true, sizeBytes: found.sizeBytes };
  }

  async #plan(spec: Creation, uuid: string): Promise<Plan> {
    const { catalogue, usage, cacheFolder } = this.#parts;
    const connection = await this.#parts.open(spec.uri);
    return planCreation(spec, await gatherFacts(spec, uuid, { connection, catalogue, usage, cacheFolder }));
  }
}
