import { attr, childText, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf, string, yesNo } from '../../xml/values.ts';

/** How one security driver confines the whole domain. */
export const securityLabelSchema = element('seclabel', {
  type: attr(oneOf('none', 'dynamic', 'static')).optional(),
  model: attr(string).optional(),
  relabel: attr(yesNo).optional(),
  label: childText('label', string).optional(),
  imagelabel: childText('imagelabel', string).optional(),
  baselabel: childText('baselabel', string).optional(),
});
export type SecurityLabel = ModelOf<typeof securityLabelSchema>;

/** The label of one disk or device file, instead of the domain's. */
export const deviceSecurityLabelSchema = element('seclabel', {
  model: attr(string).optional(),
  labelskip: attr(yesNo).optional(),
  relabel: attr(yesNo).optional(),
  label: childText('label', string).optional(),
});
export type DeviceSecurityLabel = ModelOf<typeof deviceSecurityLabelSchema>;
