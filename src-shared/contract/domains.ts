import * as z from 'zod';
import type { DomainSummary, StateAndReason } from '../model/summary.ts';
import { affects, domain, kiB, name, path, uri, uuid, xml } from './arguments.ts';
import { call } from './call.ts';

/** One difference between what a machine has and what an edit asks for. */
export interface PlannedChange {
  /** XPath of what changes. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** i18n key of the sentence, with its values. */
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
  readonly before?: string;
  readonly after?: string;
  /** Applied to the running guest, or at its next start. */
  readonly when: 'now' | 'next-boot';
}

export interface EditPlan {
  readonly changes: readonly PlannedChange[];
  /** The definition as it would be stored (addresses and defaults filled in). */
  readonly xml: string;
}

export interface ConsoleEndpointInfo {
  readonly kind: 'vnc' | 'spice' | 'serial' | 'console';
  readonly alias: string;
  /** False when it exists but cannot be reached now, with the reason. */
  readonly available: boolean;
  readonly reason?: string;
}

/** A machine in the bin: its definition and the disks that went with it. */
export interface BinEntry {
  readonly id: string;
  readonly uri: string;
  readonly uuid: string;
  readonly name: string;
  readonly deletedMs: number;
  readonly purgeMs: number;
  readonly disks: readonly string[];
}

const shutdownMode = z.enum(['acpi', 'agent', 'initctl', 'signal', 'paravirt']);
const on = domain.shape;

export const domainCalls = {
  'domains.list': call(z.object({ uri })).returns<readonly DomainSummary[]>(),
  'domains.lookup': call(z.object({ uri, text: z.string().min(1).max(255) })).returns<DomainSummary>(),
  'domains.xml': call(
    z.object({
      ...on,
      secure: z.boolean().optional(),
      inactive: z.boolean().optional(),
      migratable: z.boolean().optional(),
    }),
  ).returns<string>(),
  'domains.state': call(domain).returns<StateAndReason>(),
  'domains.define': call(z.object({ uri, xml, author: name.optional() })).returns<DomainSummary>(),
  'domains.create-xml': call(z.object({ uri, xml, paused: z.boolean().optional() })).returns<DomainSummary>(),
  'domains.undefine': call(
    z.object({
      ...on,
      managedSave: z.boolean().optional(),
      nvram: z.enum(['remove', 'keep']).optional(),
      tpm: z.enum(['remove', 'keep']).optional(),
      snapshotsMetadata: z.boolean().optional(),
      checkpointsMetadata: z.boolean().optional(),
    }),
  ).returns<void>(),
  'domains.start': call(
    z.object({ ...on, paused: z.boolean().optional(), forceBoot: z.boolean().optional() }),
  ).returns<DomainSummary>(),
  'domains.shutdown': call(z.object({ ...on, modes: z.array(shutdownMode).max(5).optional() })).returns<void>(),
  'domains.reboot': call(z.object({ ...on, modes: z.array(shutdownMode).max(5).optional() })).returns<void>(),
  'domains.reset': call(domain).returns<void>(),
  'domains.destroy': call(z.object({ ...on, graceful: z.boolean().optional() })).returns<void>(),
  'domains.suspend': call(domain).returns<void>(),
  'domains.resume': call(domain).returns<void>(),
  'domains.rename': call(z.object({ ...on, name })).returns<DomainSummary>(),
  'domains.set-autostart': call(z.object({ ...on, autostart: z.boolean() })).returns<void>(),
  /** These answer with the id of the job that does the work. */
  'domains.save': call(z.object({ ...on, path, running: z.boolean().optional() })).returns<string>(),
  'domains.restore': call(z.object({ uri, path, running: z.boolean().optional() })).returns<string>(),
  'domains.managed-save': call(domain).returns<string>(),
  'domains.managed-save-remove': call(domain).returns<void>(),
  'domains.attach-device': call(z.object({ ...on, xml, affects })).returns<void>(),
  'domains.detach-device': call(z.object({ ...on, xml, affects })).returns<void>(),
  'domains.update-device': call(z.object({ ...on, xml, affects })).returns<void>(),
  'domains.set-memory': call(z.object({ ...on, kiB, affects, maximum: z.boolean().optional() })).returns<void>(),
  'domains.set-vcpus': call(
    z.object({ ...on, count: z.number().int().min(1).max(4096), affects, maximum: z.boolean().optional() }),
  ).returns<void>(),
  /** What an edit would do, without doing it. */
  'domains.plan-edit': call(z.object({ ...on, xml })).returns<EditPlan>(),
  /** Does what `plan-edit` showed: live changes now, the rest in the definition. */
  'domains.apply-edit': call(z.object({ ...on, xml, author: name.optional() })).returns<EditPlan>(),
  'domains.set-title': call(
    z.object({ ...on, title: z.string().max(255).optional(), description: z.string().max(65536).optional() }),
  ).returns<void>(),
  /** Folder path (`lab/web`, empty: none) and tags of several machines at once. */
  'domains.organise': call(
    z.object({
      uri,
      uuids: z.array(uuid).min(1).max(10_000),
      folder: z.string().max(255).optional(),
      addTags: z.array(z.string().min(1).max(64)).max(64).optional(),
      removeTags: z.array(z.string().min(1).max(64)).max(64).optional(),
    }),
  ).returns<void>(),
  /** PNG bytes, base64. */
  'domains.screenshot': call(z.object({ ...on, screen: z.number().int().min(0).max(15).optional() })).returns<string>(),
  'domains.send-key': call(
    z.object({
      ...on,
      codeset: z.enum(['linux', 'xt', 'atset1', 'atset2', 'atset3', 'os_x', 'xt_kbd', 'usb', 'win32', 'qnum']),
      codes: z.array(z.number().int().min(0).max(65535)).min(1).max(16),
      holdMs: z.number().int().min(0).max(10_000).optional(),
    }),
  ).returns<void>(),
  'domains.consoles': call(domain).returns<readonly ConsoleEndpointInfo[]>(),
  /**
   * A unix socket that carries the console's bytes. For character devices it takes one connection and is removed with it;
   * for graphics it is the hypervisor’s own and takes one a channel. `force` drops another holder of a serial console, or
   * ends another viewer’s SPICE session; without it, that is `resource-busy`.
   */
  'domains.open-console': call(
    z.object({
      ...on,
      kind: z.enum(['vnc', 'spice', 'serial', 'console']),
      alias: z.string().max(128).optional(),
      force: z.boolean().optional(),
    }),
  ).returns<{ readonly socketPath: string; readonly password?: string }>(),
  'domains.addresses': call(z.object({ ...on, source: z.enum(['agent', 'lease', 'arp']) })).returns<
    readonly {
      readonly name: string;
      readonly mac: string;
      readonly addresses: readonly {
        readonly family: 'ipv4' | 'ipv6';
        readonly address: string;
        readonly prefix: number;
      }[];
    }[]
  >(),
  'domains.log': call(
    z.object({
      ...on,
      tailBytes: z
        .number()
        .int()
        .min(1)
        .max(4 << 20)
        .optional(),
    }),
  ).returns<string>(),
  'domains.history':
    call(domain).returns<readonly { readonly id: string; readonly timeMs: number; readonly author: string }[]>(),
  'domains.history-xml': call(z.object({ ...on, entry: z.string().max(255) })).returns<string>(),
  /** Moves machines to the bin; disks named go with them, others stay where they are. */
  'domains.delete': call(z.object({ ...on, disks: z.array(path).max(256) })).returns<BinEntry>(),
  'bin.list': call(z.object({})).returns<readonly BinEntry[]>(),
  'bin.restore': call(z.object({ id: z.string().max(255) })).returns<DomainSummary>(),
  'bin.purge': call(z.object({ id: z.string().max(255) })).returns<void>(),
};
