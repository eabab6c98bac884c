import * as z from 'zod';
import { bytes, kiB, name, path, uri, uuid } from './arguments.ts';
import { call } from './call.ts';

/** An operating system of osinfo-db, as lists show it. */
export interface OsInfo {
  /** osinfo's id URL. */
  readonly id: string;
  readonly shortId: string;
  readonly name: string;
  readonly family?: string;
  readonly distro?: string;
  readonly version?: string;
  readonly releaseDate?: string;
  readonly endOfLife?: string;
}

/** What an operating system wants, for the form's defaults. */
export interface OsResources {
  readonly os: OsInfo;
  readonly memoryKiB: number;
  readonly minimumMemoryKiB?: number;
  readonly vcpus: number;
  readonly diskBytes: number;
  /** Best devices it has drivers for. */
  readonly diskBus: 'virtio' | 'scsi' | 'sata' | 'ide';
  readonly netModel: string;
  readonly video: string;
  readonly sound?: string;
  readonly firmware: 'bios' | 'efi' | 'efi-secure';
  readonly tpm: boolean;
  readonly machine: 'q35' | 'pc';
  readonly agentChannel: boolean;
  readonly rng: boolean;
  readonly balloon: boolean;
  readonly usbTablet: boolean;
}

export interface MediumInfo {
  readonly path: string;
  readonly kind: 'iso' | 'disk' | 'unknown';
  /** From the file's own header, never guessed from the name. */
  readonly format: string;
  readonly sizeBytes: number;
  readonly virtualSizeBytes?: number;
  readonly backingPath?: string;
  readonly volumeId?: string;
  readonly bootable?: boolean;
  readonly os?: OsInfo;
}

export interface Finding {
  readonly severity: 'info' | 'warning' | 'error';
  /** i18n key and values. */
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
  /** The field of the specification it is about. */
  readonly field?: string;
}

export const portForward = z.object({
  protocol: z.enum(['tcp', 'udp']),
  hostAddress: z.string().max(64).optional(),
  hostPort: z.number().int().min(1).max(65535),
  guestPort: z.number().int().min(1).max(65535),
});

export const creation = z.object({
  uri,
  name,
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('iso'), path }),
    z.object({ type: z.literal('disk'), path, format: z.string().max(32), mode: z.enum(['reference', 'copy']) }),
    z.object({ type: z.literal('cloud'), path, format: z.string().max(32) }),
    z.object({ type: z.literal('url'), url: z.url().max(4096) }),
    z.object({ type: z.literal('empty') }),
    /** The small Linux that the setup built. */
    z.object({ type: z.literal('small-linux') }),
  ]),
  osId: z.string().max(512).optional(),
  memoryKiB: kiB,
  vcpus: z.number().int().min(1).max(512),
  firmware: z.enum(['bios', 'efi', 'efi-secure']),
  tpm: z.boolean(),
  machine: z.enum(['q35', 'pc']),
  /** A new disk; absent: none. `pool` absent: the default pool. */
  disk: z
    .object({
      sizeBytes: bytes,
      pool: uuid.optional(),
      format: z.enum(['qcow2', 'raw']),
      bus: z.enum(['virtio', 'scsi', 'sata', 'ide', 'usb']),
    })
    .optional(),
  /** `network=NAME` and `bridge=NAME` are of the host. */
  network: z.union([
    z.enum(['user', 'none']),
    z.templateLiteral(['network=', z.string().min(1).max(255)]),
    z.templateLiteral(['bridge=', z.string().regex(/^[^\s/]{1,15}$/)]),
  ]),
  netModel: z.string().max(32),
  forwards: z.array(portForward).max(64),
  graphics: z.enum(['spice', 'vnc', 'none']),
  video: z.enum(['virtio', 'qxl', 'vga', 'bochs', 'none']),
  sound: z.string().max(32).optional(),
  title: z.string().max(255).optional(),
  folder: z.string().max(255).optional(),
  startNow: z.boolean(),
});

export type Creation = z.input<typeof creation>;

export interface CreationPlan {
  readonly xml: string;
  readonly findings: readonly Finding[];
  /** The equivalent `vivarium` command. */
  readonly command: string;
}

export const createCalls = {
  'create.inspect-medium': call(z.object({ path })).returns<MediumInfo>(),
  'create.operating-systems': call(z.object({})).returns<readonly OsInfo[]>(),
  'create.resources': call(z.object({ uri, osId: z.string().max(512).optional() })).returns<OsResources>(),
  /** A name nobody has yet, from the operating system's short id. */
  'create.suggest-name': call(z.object({ uri, base: z.string().max(128) })).returns<string>(),
  'create.plan': call(creation).returns<CreationPlan>(),
  /** The id of the job that makes the disk, defines and (if asked) starts the machine; its result is the UUID. */
  'create.run': call(creation).returns<{ readonly jobId: string; readonly uuid: string }>(),
  'create.small-linux': call(z.object({})).returns<{
    readonly available: boolean;
    readonly reason?: string;
    readonly sizeBytes?: number;
  }>(),
};
