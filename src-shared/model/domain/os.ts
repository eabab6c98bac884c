import { attr, child, children, childText, childTexts, element, type ModelOf, text } from '../../xml/schema.ts';
import { integer, oneOf, string, unsigned, yesNo } from '../../xml/values.ts';
import { anySourceSchema, imageFormats, storageTypes } from './storage-source.ts';

const type = element('type', {
  arch: attr(string).optional().describe('The architecture of the guest, such as x86_64 or aarch64.'),
  machine: attr(string).optional().describe('The board to emulate, such as q35 or pc-i440fx-7.2.'),
  value: text(oneOf('hvm', 'xen', 'linux', 'exe', 'uml', 'xenpvh')),
});

const loader = element('loader', {
  readonly: attr(yesNo).optional(),
  secure: attr(yesNo).optional(),
  type: attr(oneOf('rom', 'pflash')).optional(),
  stateless: attr(yesNo).optional(),
  format: attr(oneOf(...imageFormats)).optional(),
  value: text(string).optional(),
});
export type Loader = ModelOf<typeof loader>;

/** UEFI's variables: a path as text, or (with `type`) a `<source>` like a disk's. */
const nvram = element('nvram', {
  template: attr(string).optional(),
  templateFormat: attr(oneOf(...imageFormats)).optional(),
  type: attr(oneOf(...storageTypes)).optional(),
  format: attr(oneOf(...imageFormats)).optional(),
  value: text(string).optional(),
  source: child(anySourceSchema).optional(),
});
export type OsNvram = ModelOf<typeof nvram>;

/** How the guest boots: board, firmware, kernel or container entry. */
export const osSchema = element('os', {
  firmware: attr(oneOf('bios', 'efi')).optional(),
  type: child(type),
  firmwareFeatures: child(
    element('firmware', {
      feature: children(
        element('feature', { enabled: attr(yesNo), name: attr(oneOf('enrolled-keys', 'secure-boot')) }),
      ),
    }),
  ).optional(),
  init: childText('init', string).optional(),
  initarg: childTexts('initarg', string),
  initenv: children(element('initenv', { name: attr(string), value: text(string) })),
  initdir: childText('initdir', string).optional(),
  inituser: childText('inituser', string).optional(),
  initgroup: childText('initgroup', string).optional(),
  loader: child(loader).optional(),
  nvram: child(nvram).optional(),
  kernel: childText('kernel', string).optional(),
  initrd: childText('initrd', string).optional(),
  cmdline: childText('cmdline', string).optional(),
  shim: childText('shim', string).optional(),
  dtb: childText('dtb', string).optional(),
  root: childText('root', string).optional(),
  acpi: child(
    element('acpi', {
      table: children(element('table', { type: attr(oneOf('slic', 'raw', 'rawset', 'msdm')), value: text(string) })),
    }),
  ).optional(),
  boot: children(element('boot', { dev: attr(oneOf('fd', 'cdrom', 'hd', 'network')) })),
  bootmenu: child(
    element('bootmenu', { enable: attr(yesNo).optional(), timeout: attr(unsigned).optional() }),
  ).optional(),
  bios: child(
    element('bios', { useserial: attr(yesNo).optional(), rebootTimeout: attr(integer).optional() }),
  ).optional(),
  smbios: child(element('smbios', { mode: attr(oneOf('none', 'emulate', 'host', 'sysinfo')) })).optional(),
});
export type Os = ModelOf<typeof osSchema>;

const idRange = { start: attr(unsigned), target: attr(unsigned), count: attr(unsigned) };

/** Which ids of the host a container's users and groups are. */
export const idmapSchema = element(
  'idmap',
  {
    uid: children(element('uid', idRange)),
    gid: children(element('gid', idRange)),
  },
  { endTag: 'always' },
);
export type Idmap = ModelOf<typeof idmapSchema>;
