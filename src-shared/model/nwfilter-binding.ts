/** A network filter that one interface of this host is bound to, with the values of its variables. */
import { formatXml } from '../xml/format.ts';
import { parseXml } from '../xml/parse.ts';
import { attr, child, childText, element, type ModelOf } from '../xml/schema.ts';
import { macAddress, string, uuid } from '../xml/values.ts';
import { filterrefSchema } from './domain/interface.ts';

export const nwfilterBindingSchema = element('filterbinding', {
  owner: child(element('owner', { name: childText('name', string), uuid: childText('uuid', uuid) })),
  portdev: child(element('portdev', { name: attr(string) })),
  linkdev: child(element('linkdev', { name: attr(string) })).optional(),
  mac: child(element('mac', { address: attr(macAddress) })),
  filterref: child(filterrefSchema),
});
export type NwfilterBinding = ModelOf<typeof nwfilterBindingSchema>;

/** Reads a `<filterbinding>`. @throws XmlError with every issue. */
export const parseNwfilterBinding = (xml: string): NwfilterBinding => parseXml(nwfilterBindingSchema, xml);

/** As libvirt writes it: parameters in the order of their names. */
export function formatNwfilterBinding(binding: NwfilterBinding): string {
  const { filterref } = binding;
  const parameter = [...filterref.parameter].sort((left, right) =>
    left.name < right.name ? -1 : Number(left.name > right.name),
  );
  return formatXml(nwfilterBindingSchema, { ...binding, filterref: { ...filterref, parameter } });
}
