/** Saving domains of the server to files there, and bringing them back: work that takes long. */
import { setTimeout as delay } from 'node:timers/promises';
import { VirError } from '../../../src-shared/errors.ts';
import type { DomainSummary } from '../../../src-shared/model/summary.ts';
import { say } from '../../../src-shared/words.ts';
import type { EngineEvent, EventSource } from '../../engine/events.ts';
import type { Job, JobControl, JobRegistry } from '../../engine/jobs.ts';
import type { DomainReference } from '../../rpc/protocol/objects.ts';
import { bits } from './flags.ts';
import type { Inventory } from './inventory.ts';
import type { Link } from './link.ts';

/** Writing or reading a guest's memory takes as long as it takes; pings find out when the server is gone. */
const endlessMs = 2 ** 31 - 1;
const progressMs = 500;
/** An event comes with the answer it belongs to, give or take. */
const eventPatienceMs = 2_000;

export interface SaveParts {
  readonly link: Link;
  readonly inventory: Inventory;
  readonly jobs: JobRegistry;
  readonly uri: string;
  readonly events: EventSource<EngineEvent>;
}

interface SaveOptions {
  readonly running?: boolean;
}

export class DomainSaves {
  readonly #parts: SaveParts;

  constructor(parts: SaveParts) {
    this.#parts = parts;
  }

  save(uuid: string, to: string, options: SaveOptions = {}): Job<void> {
    const { link } = this.#parts;
    return this.#job(uuid, async (dom) => {
      await link.call('domainSaveFlags', { dom, to, flags: runningFlags(options) }, { timeoutMs: endlessMs });
    });
  }

  managedSave(uuid: string, options: SaveOptions = {}): Job<void> {
    const { link } = this.#parts;
    return this.#job(uuid, async (dom) => {
      await link.call('domainManagedSave', { dom, flags: runningFlags(options) }, { timeoutMs: endlessMs });
    });
  }

  restore(from: string, options: SaveOptions & { readonly xml?: string } = {}): Job<DomainSummary> {
    const { link, inventory, jobs, uri } = this.#parts;
    const description = { kind: 'domain.restore', subject: from, uri, cancellable: false } as const;
    return jobs.start(description, async () => {
      const { xml: dxml } = options;
      // The call does not tell which domain it was; the image may, and the event does.
      const xml = dxml ?? (await this.#imageXml(from));
      const started = this.#nextStarted();
      const args = { from, dxml, flags: runningFlags(options) };
      await link.call('domainRestoreFlags', args, { timeoutMs: endlessMs });
      const named = /<uuid>([^<]*)<\/uuid>/.exec(xml ?? '')?.[1];
      const uuid = named ?? (await Promise.race([started, delay(eventPatienceMs, undefined, { ref: false })]));
      if (uuid !== undefined) return await inventory.look(uuid);
      throw new VirError({
        code: 'internal-error',
        domain: 'remote',
        message: say`'${from}' was restored, but the server does not tell as which machine.`,
      });
    });
  }

  /** The domain an image was saved of, where the server can tell. */
  async #imageXml(file: string): Promise<string | undefined> {
    try {
      return (await this.#parts.link.call('domainSaveImageGetXmlDesc', { file, flags: 0 })).xml;
    } catch (error) {
      if (error instanceof VirError && error.code === 'no-support') return undefined;
      throw error;
    }
  }

  async #nextStarted(): Promise<string> {
    return await new Promise((resolve) => {
      const stop = this.#parts.events.subscribe((event) => {
        if (event.type !== 'domain' || event.event.kind !== 'lifecycle' || event.event.event !== 'started') return;
        stop();
        resolve(event.domain.uuid);
      });
    });
  }

  /** Work of the server on a domain that can be watched and given up. */
  #job(uuid: string, work: (dom: DomainReference) => Promise<void>): Job<void> {
    const { inventory, jobs, uri } = this.#parts;
    const subject = inventory.nameOf(uuid);
    const description = { kind: 'domain.save', subject, uri, domainUuid: uuid, unit: 'bytes' } as const;
    return jobs.start(description, async (control) => {
      const dom = inventory.reference(uuid);
      const stop = this.#watch(dom, control);
      try {
        await work(dom);
      } finally {
        stop();
      }
      await inventory.seen(uuid);
    });
  }

  #watch(dom: DomainReference, { signal, progress }: JobControl): () => void {
    const { call } = this.#parts.link;
    // The work itself tells when the server can't be asked.
    const ignore = (): void => undefined;
    const timer = setInterval(() => {
      call('domainGetJobInfo', { dom })
        .then(({ dataProcessed, dataTotal }) => progress(Number(dataProcessed), Number(dataTotal)))
        .catch(ignore);
    }, progressMs);
    const abort = (): void => {
      call('domainAbortJob', { dom }).catch(ignore);
    };
    signal.addEventListener('abort', abort, { once: true });
    return () => {
      clearInterval(timer);
      signal.removeEventListener('abort', abort);
    };
  }
}

/** `VIR_DOMAIN_SAVE_RUNNING`, `VIR_DOMAIN_SAVE_PAUSED`. */
function runningFlags({ running }: SaveOptions): number {
  return bits([2, running === true], [4, running === false]);
}
