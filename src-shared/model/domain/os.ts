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
  firmware: attr(oneOf('bios', 'efi')).optional().describe('Lets a fitting firmware be chosen: efi or bios.'),
  type: child(type).describe('What kind of guest it is, on which board.'),
  firmwareFeatures: child(
    element('firmware', {
      feature: children(
        element('feature', { enabled: attr(yesNo), name: attr(oneOf('enrolled-keys', 'secure-boot')) }),
      ),
    }),
  )
    .optional()
    .describe('What the chosen firmware must or must not have.'),
  init: childText('init', string).optional().describe('The first program of a container.'),
  initarg: childTexts('initarg', string).describe('An argument of the first program.'),
  initenv: children(element('initenv', { name: attr(string), value: text(string) })).describe(
    'An environment variable of the first program.',
  ),
  initdir: childText('initdir', string).optional().describe('The working directory of the first program.'),
  inituser: childText('inituser', string).optional().describe('The user of the first program.'),
  initgroup: childText('initgroup', string).optional().describe('The group of the first program.'),
  loader: child(loader).optional().describe('The firmware image.'),
  nvram: child(nvram).optional().describe('The variables of UEFI, a file of this machine.'),
  kernel: childText('kernel', string).optional().describe('A kernel of the host to boot directly.'),
  initrd: childText('initrd', string).optional().describe('The initial RAM disk of that kernel.'),
  cmdline: childText('cmdline', string).optional().describe('The command line of that kernel.'),
  shim: childText('shim', string).optional(),
  dtb: childText('dtb', string).optional().describe('The device tree of that kernel.'),
  root: childText('root', string).optional(),
  acpi: child(
    element('acpi', {
      table: children(element('table', { type: attr(oneOf('slic', 'raw', 'rawset', 'msdm')), value: text(string) })),
    }),
  )
    .optional()
    .describe('ACPI tables added for the guest.'),
  boot: children(element('boot', { dev: attr(oneOf('fd', 'cdrom', 'hd', 'network')) })).describe(
    'A kind of device to boot from; several are tried in order.',
  ),
  bootmenu: child(element('bootmenu', { enable: attr(yesNo).optional(), timeout: attr(unsigned).optional() }))
    .optional()
    .describe('Whether firmware offers a menu, and for how many milliseconds.'),
  bios: child(element('bios', { useserial: attr(yesNo).optional(), rebootTimeout: attr(integer).optional() }))
    .optional()
    .describe('Settings of the BIOS.'),
  smbios: child(element('smbios', { mode: attr(oneOf('none', 'emulate', 'host', 'sysinfo')) }))
    .optional()
    .describe('Where SMBIOS information comes from.'),
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
