/**
 * What is done to every card when it is plugged in, in this order, and undone in the opposite one when it is unplugged:
 * the place for network filters, limits, conditions of a link. A part plans steps for a port (`PortPart`); its verbs are
 * in `actions.ts`, carried out by `performer.ts` and, for ordinary users, checked by the helper.
 */
import { limitBandwidth } from './bandwidth.ts';
import { applyConditions } from './conditions.ts';
import type { PortPart } from './port.ts';
import { separateVlans } from './separate-vlans.ts';

export const portParts: readonly PortPart[] = [separateVlans, limitBandwidth, applyConditions];
