import { attr, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf } from '../../xml/values.ts';
import { deviceInfo } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

export const hubSchema = element('hub', { type: attr(oneOf('usb')), alias, acpi, address });
export type Hub = ModelOf<typeof hubSchema>;
