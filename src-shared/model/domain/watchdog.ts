import { attr, element, type ModelOf } from '../../xml/schema.ts';
import { oneOf } from '../../xml/values.ts';
import { deviceInfo } from './device-info.ts';

const { alias, acpi, address } = deviceInfo;

/** A timer that acts when the guest stops feeding it. */
export const watchdogSchema = element('watchdog', {
  model: attr(oneOf('i6300esb', 'ib700', 'diag288', 'itco')),
  action: attr(oneOf('reset', 'shutdown', 'poweroff', 'pause', 'dump', 'none', 'inject-nmi')).default('reset'),
  alias,
  acpi,
  address,
});
export type Watchdog = ModelOf<typeof watchdogSchema>;
