/** QEMUs that were recorded by libvirt's developers (`qemucapabilitiesdata/*.replies`), played back to our own probe. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AcceleratorFacts, AcceleratorName } from '../../src-main/drivers/qemu/capabilities/facts.ts';
import { type ProbeTransport, probeAccelerator, probeCommon } from '../../src-main/drivers/qemu/capabilities/probe.ts';
import { makeQemuCapabilities, type ProbedQemu } from '../../src-main/drivers/qemu/capabilities/qemu-capabilities.ts';
import type { QemuAccelerator } from '../../src-main/drivers/qemu/capabilities/types.ts';
import { QmpError } from '../../src-main/drivers/qemu/qmp/error.ts';
import { corpusDir } from './corpus.ts';

export const recordedQemuFolder = (): string => join(corpusDir(), 'qemucapabilitiesdata');

/** The recordings by file name, oldest version first. */
export function recordedQemus(): string[] {
  return readdirSync(recordedQemuFolder())
    .filter((name) => name.endsWith('.replies'))
    .sort();
}

interface Exchange {
  readonly command: string;
  readonly args: string;
  readonly reply: { readonly return?: unknown; readonly error?: { readonly class: string; readonly desc: string } };
}

/** One connection that was recorded: answers by command and arguments, those to the same question in their order. */
export class RecordedMonitor {
  /** Questions that the recording has no answer for. */
  readonly unanswered: string[] = [];
  readonly #answers = new Map<string, Exchange['reply'][]>();

  constructor(exchanges: readonly Exchange[]) {
    for (const { command, args, reply } of exchanges) {
      const key = `${command} ${args}`;
      this.#answers.set(key, [...(this.#answers.get(key) ?? []), reply]);
    }
  }

  /** Refuses like a QEMU that does not know the type, when the recording has no answer. */
  readonly ask: ProbeTransport = async (command, args) => {
    const key = `${command} ${canonical(args)}`;
    const replies = this.#answers.get(key);
    const reply = replies !== undefined && replies.length > 1 ? replies.shift() : replies?.[0];
    if (reply === undefined) {
      this.unanswered.push(key);
      throw new QmpError(command, 'DeviceNotFound', `not recorded: ${key}`);
    }
    if (reply.error !== undefined) throw new QmpError(command, reply.error.class, reply.error.desc);
    return await Promise.resolve(reply.return);
  };
}

/** The connections of a recording; each begins with `qmp_capabilities`. */
export function readRecording(path: string): RecordedMonitor[] {
  const connections: Exchange[][] = [];
  const pending = new Map<string, { command: string; args: string }>();
  for (const document of documents(readFileSync(path, 'utf8'))) {
    const message = JSON.parse(document) as { execute?: string; arguments?: unknown; id?: string } & Exchange['reply'];
    if (message.execute !== undefined) {
      if (message.execute === 'qmp_capabilities') connections.push([]);
      pending.set(message.id ?? '', { command: message.execute, args: canonical(message.arguments) });
    } else {
      const asked = pending.get(message.id ?? '');
      if (asked !== undefined) connections.at(-1)?.push({ ...asked, reply: message });
    }
  }
  return connections.map((exchanges) => new RecordedMonitor(exchanges));
}

export interface Recorded {
  readonly capabilities: ProbedQemu;
  readonly monitors: readonly RecordedMonitor[];
}

/** Probes a recorded QEMU: the first connection is the one with KVM where there was one, the second plain TCG. */
export async function probeRecording(path: string): Promise<Recorded> {
  const monitors = readRecording(path);
  const [first, second] = monitors;
  if (first === undefined) throw new Error(`${path} has no connection`);
  const common = await probeCommon(first.ask);
  const byAccelerator: Partial<Record<AcceleratorName, AcceleratorFacts>> = {};
  if (common.kvm.enabled) byAccelerator.kvm = await probeAccelerator(first.ask, 'kvm', common);
  const tcg = common.kvm.enabled ? second : first;
  if (tcg !== undefined) byAccelerator.tcg = await probeAccelerator(tcg.ask, 'tcg', common);
  const accelerators: QemuAccelerator[] = [
    { name: 'kvm', present: common.kvm.present, works: common.kvm.enabled },
    { name: 'tcg', present: tcg !== undefined, works: tcg !== undefined },
  ];
  const binary = `/usr/bin/qemu-system-${common.architecture === 'i686' ? 'i386' : common.architecture}`;
  return { capabilities: makeQemuCapabilities({ binary, common, byAccelerator, accelerators }), monitors };
}

/** The newest recording of an architecture: what libvirt's tests call "latest". */
export function latestRecording(architecture: string): string {
  const names = recordedQemus().filter((name) => name.endsWith(`.${architecture}.replies`));
  const latest = names.at(-1);
  if (latest === undefined) throw new Error(`there is no recording for ${architecture}`);
  return join(recordedQemuFolder(), latest);
}

/** `caps_7.2.0.x86_64.replies` → `7.2.0 x86_64`. */
export const recordingLabel = (path: string): string =>
  basename(path)
    .replace(/^caps_|\.replies$/g, '')
    .replace(/^(\d+\.\d+\.\d+)\./, '$1 ');

/** The texts of the JSON documents of a file, one after the other: each ends with a brace in the first column. */
function documents(text: string): string[] {
  return text
    .split(/^}$/m)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => `${part}}`);
}

/** Arguments with their keys in order; upstream writes an absent object and an empty one alike. */
function canonical(value: unknown): string {
  const sorted = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(sorted);
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(
      Object.entries(item)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  };
  return value === undefined ? '{}' : JSON.stringify(sorted(value));
}
