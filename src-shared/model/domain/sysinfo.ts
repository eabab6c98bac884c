import { attr, child, children, element, type ModelOf, text, union } from '../../xml/schema.ts';
import { string } from '../../xml/values.ts';

const entries = { entry: children(element('entry', { name: attr(string), value: text(string) })) };

/** What the guest's firmware tables say about the machine. */
export const sysinfoSchema = union('sysinfo', 'type', {
  smbios: {
    bios: child(element('bios', entries)).optional(),
    system: child(element('system', entries)).optional(),
    baseBoard: children(element('baseBoard', entries)),
    chassis: child(element('chassis', entries)).optional(),
    processor: children(element('processor', entries)),
    memory_device: children(element('memory_device', entries)),
    oemStrings: child(element('oemStrings', { entry: children(element('entry', { value: text(string) })) })).optional(),
  },
  fwcfg: {
    entry: children(
      element('entry', { name: attr(string), file: attr(string).optional(), value: text(string).optional() }),
    ),
  },
});
export type Sysinfo = ModelOf<typeof sysinfoSchema>;
