/** What is written down of each capture, beside its packets: `FOLDER/MACHINE/ID.json` and `ID.pcap`. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CaptureInfo } from '../../../src-shared/model/capture.ts';
import { privateFolder, readIfThere, writeWhole } from '../../host/files.ts';

export type StoredCapture = Omit<CaptureInfo, 'packets' | 'bytes'>;

const stored = z.object({
  id: z.string().regex(/^[0-9a-z-]{1,64}$/),
  uuid: z.guid(),
  domain: z.string(),
  alias: z.string(),
  mac: z.string(),
  startedMs: z.number(),
  ended: z.enum(['asked', 'size', 'time', 'disk-full', 'unplugged', 'stopped', 'engine', 'failed']).optional(),
  maxBytes: z.number().positive(),
  maxSeconds: z.number().positive().optional(),
  snapLength: z.number().positive(),
});

export class CaptureFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pcap({ uuid, id }: Pick<StoredCapture, 'uuid' | 'id'>): string {
    return join(this.#folder, uuid, `${id}.pcap`);
  }

  async make(uuid: string): Promise<void> {
    await privateFolder(this.#folder);
    await privateFolder(join(this.#folder, uuid));
  }

  async write(capture: StoredCapture): Promise<void> {
    const path = join(this.#folder, capture.uuid, `${capture.id}.json`);
    await writeWhole(path, `${JSON.stringify(capture, undefined, 2)}\n`, { mode: 0o600 });
  }

  /** The packets first: a description without them is what `read` clears away. */
  remove(capture: Pick<StoredCapture, 'uuid' | 'id'>): void {
    rmSync(this.pcap(capture), { force: true });
    rmSync(join(this.#folder, capture.uuid, `${capture.id}.json`), { force: true });
  }

  removeAll(uuid: string): void {
    rmSync(join(this.#folder, uuid), { recursive: true, force: true });
  }

  /** Every capture there is, and what could not be read and is left alone. */
  read(): { readonly captures: readonly StoredCapture[]; readonly problems: readonly string[] } {
    const captures: StoredCapture[] = [];
    const problems: string[] = [];
    for (const uuid of existsSync(this.#folder) ? readdirSync(this.#folder) : []) {
      for (const name of readdirSync(join(this.#folder, uuid)).filter((each) => each.endsWith('.json'))) {
        const path = join(this.#folder, uuid, name);
        const parsed = stored.safeParse(parse(readIfThere(path)));
        if (!parsed.success || parsed.data.uuid !== uuid || `${parsed.data.id}.json` !== name) problems.push(path);
        // Fields that are not there have no value in the file either.
        else if (existsSync(this.pcap(parsed.data))) captures.push(parsed.data as StoredCapture);
        else this.remove(parsed.data);
      }
    }
    return { captures, problems };
  }
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
