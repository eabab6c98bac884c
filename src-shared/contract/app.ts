import * as z from 'zod';
import type { JobInfo } from '../model/job.ts';
import type { Words } from '../words.ts';
import { name, path, uri, uuid } from './arguments.ts';
import { call } from './call.ts';
import { tcpDoor, tlsDoor } from './libvirt-clients.ts';

/** One check of the first run. */
export interface HostCheck {
  readonly id: string;
  readonly status: 'ok' | 'warning' | 'failed';
  /** What it found; its title has an i18n key (`checks.title.<id>`). */
  readonly found: string;
  readonly cause?: string;
  readonly fix?: string;
  /** A command the user can run by hand. */
  readonly command?: string;
  /** What the sentences are made of, for windows in other languages. */
  readonly words?: Readonly<Partial<Record<'found' | 'cause' | 'fix', Words>>>;
}

export const settings = z.object({
  theme: z.enum(['system', 'light', 'dark', 'high-contrast']),
  language: z.enum(['system', 'en', 'de']),
  density: z.enum(['comfortable', 'compact']),
  reducedMotion: z.enum(['system', 'on', 'off']),
  tray: z.boolean(),
  /** Of the desktop, while none of our windows has the focus. */
  notifications: z.boolean(),
  defaultUri: uri,
  consoleScaling: z.enum(['fit', 'always', 'never']),
  consoleResizeGuest: z.boolean(),
  consoleGrabKeys: z.boolean(),
  defaultGraphics: z.enum(['spice', 'vnc']),
  binDays: z.number().int().min(0).max(365),
  confirmForceOff: z.boolean(),
  machinesView: z.enum(['list', 'grid']),
  firstRunDone: z.boolean(),
  shortcuts: z.record(z.string().max(64), z.string().max(64)),
  /** Connections that are listed besides this host's own. */
  hosts: z.array(uri).max(256),
  /** Doors for libvirt's clients besides the unix socket. */
  listenTls: tlsDoor,
  listenTcp: tcpDoor,
});

export type Settings = z.output<typeof settings>;

/** A series for a graph: parallel arrays, `null` where nothing was measured. */
export interface StatsSeries {
  readonly timesMs: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
  /** Why a whole series is blank. */
  readonly blanks: Readonly<Record<string, string>>;
}

export const appCalls = {
  'app.info': call(z.object({})).returns<{
    readonly version: string;
    readonly electron?: string;
    readonly node: string;
    readonly engine: 'embedded' | 'attached';
    readonly platform: string;
  }>(),
  'app.checks': call(z.object({})).returns<readonly HostCheck[]>(),
  'settings.get': call(z.object({})).returns<Settings>(),
  'settings.set': call(settings.partial()).returns<Settings>(),
  'jobs.list': call(z.object({})).returns<readonly JobInfo[]>(),
  'jobs.cancel': call(z.object({ id: name })).returns<void>(),
  /** Starts a failed or cancelled job again, where its kind allows. */
  'jobs.retry': call(z.object({ id: name })).returns<string>(),
  /** While watched, samples are taken each second (`fine`) or two (`calm`) and sent as `stats` events. One pace a client. */
  'stats.watch': call(z.object({ uri, pace: z.enum(['off', 'calm', 'fine']) })).returns<void>(),
  /** Host figures when `uuid` is absent. */
  'stats.history': call(
    z.object({
      uri,
      uuid: uuid.optional(),
      fromMs: z.number(),
      toMs: z.number(),
      points: z.number().int().min(2).max(4000),
    }),
  ).returns<StatsSeries>(),
  /** Only in the window: native dialogs. Undefined when dismissed. */
  'dialog.open-file': call(
    z.object({ title: z.string().max(200), extensions: z.array(z.string().max(16)).max(32) }),
  ).returns<string | undefined>(),
  'dialog.save-file': call(z.object({ title: z.string().max(200), defaultName: z.string().max(255) })).returns<
    string | undefined
  >(),
  'window.open-console': call(z.object({ uri, uuid, alias: z.string().max(128).optional() })).returns<void>(),
  'window.set-fullscreen': call(z.object({ on: z.boolean() })).returns<void>(),
  'window.save-png': call(z.object({ to: path, base64: z.string().max(64 << 20) })).returns<void>(),
  'clipboard.read': call(z.object({})).returns<string>(),
  'clipboard.write': call(z.object({ text: z.string().max(4 << 20) })).returns<void>(),
  'window.open-external': call(z.object({ url: z.url({ protocol: /^https$/ }).max(2048) })).returns<void>(),
};
