import { attr, child, element, flag, mapped, type ModelOf, tag, union } from '../../xml/schema.ts';
import { octal, oneOf, onOff, sizeUnit, string, unsigned } from '../../xml/values.ts';
import { bytes, scale } from '../size.ts';
import { deviceInfo, virtioModels, virtioOptions } from './device-info.ts';
import { imageFormats } from './storage-source.ts';

const driver = element('driver', {
  type: attr(oneOf('path', 'handle', 'loop', 'nbd', 'ploop', 'virtiofs', 'mtp')).optional(),
  format: attr(oneOf(...imageFormats)).optional(),
  wrpolicy: attr(oneOf('immediate')).optional(),
  queue: attr(unsigned).optional(),
  name: attr(string).optional(),
  ...virtioOptions,
});

/** The virtiofsd to run and how it serves the folder. */
const binary = element('binary', {
  path: attr(string).optional(),
  xattr: attr(onOff).optional(),
  cache: child(element('cache', { mode: attr(oneOf('none', 'always')) })).optional(),
  sandbox: child(element('sandbox', { mode: attr(oneOf('namespace', 'chroot')) })).optional(),
  lock: child(element('lock', { posix: attr(onOff).optional(), flock: attr(onOff).optional() })).optional(),
  thread_pool: child(element('thread_pool', { size: attr(unsigned) })).optional(),
  openfiles: child(element('openfiles', { max: attr(unsigned) })).optional(),
});

/** `<source usage='10' units='MiB'/>`: written in KiB. */
const ramSource = mapped(
  element('source', { usage: attr(unsigned), units: attr(sizeUnit).optional() }),
  ({ usage, units, ...rest }) => scale(usage, units ?? 'KiB', 1024, (KiB) => ({ ...rest, KiB })),
  ({ KiB, ...rest }) => ({ ...rest, usage: KiB, units: 'KiB' }),
);

const head = {
  type: tag(),
  accessmode: attr(oneOf('passthrough', 'mapped', 'squash')).optional(),
  model: attr(oneOf(...virtioModels)).optional(),
  multidevs: attr(oneOf('remap', 'forbid', 'warn')).optional(),
  fmode: attr(octal(4, 0o777)).optional(),
  dmode: attr(octal(4, 0o777)).optional(),
  driver: child(driver).optional(),
  binary: child(binary).optional(),
};

const tail = {
  target: child(element('target', { dir: attr(string) })).optional(),
  readonly: flag('readonly'),
  ...deviceInfo,
  space_hard_limit: child(bytes('space_hard_limit')).optional(),
  space_soft_limit: child(bytes('space_soft_limit')).optional(),
};

const folder = element('source', { dir: attr(string).optional(), socket: attr(string).optional() });

/** A folder of the host (or an image, or memory) the guest mounts. */
export const filesystemSchema = union(
  'filesystem',
  'type',
  {
    mount: { ...head, source: child(folder), ...tail },
    bind: { ...head, source: child(folder), ...tail },
    block: { ...head, source: child(element('source', { dev: attr(string) })), ...tail },
    file: { ...head, source: child(element('source', { file: attr(string) })), ...tail },
    template: { ...head, source: child(element('source', { name: attr(string) })), ...tail },
    ram: { ...head, source: child(ramSource), ...tail },
    volume: { ...head, source: child(element('source', { pool: attr(string), volume: attr(string) })), ...tail },
  },
  'mount',
);
export type Filesystem = ModelOf<typeof filesystemSchema>;
