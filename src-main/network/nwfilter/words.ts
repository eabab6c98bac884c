/** How a rule's values are written in commands. */
import { formatAddress, parseAddress } from '../../../src-shared/model/network-address.ts';
import { arpOpcodes, etherTypes, ipProtocols } from '../../../src-shared/model/nwfilter-normalise.ts';
import type { Item } from './instances.ts';

export type Items = ReadonlyMap<string, Item>;
/** A program and its arguments. */
export type Argv = readonly string[];

const named: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  protocolid: etherTypes,
  'encap-protocol': etherTypes,
  protocol: ipProtocols,
  opcode: arpOpcodes,
};

function numberOf(name: string, { text }: Item): number {
  return named[name]?.[text] ?? Number(text);
}

/** The value in decimal; an address as it is. */
export function plain(items: Items, name: string): string | undefined {
  const item = items.get(name);
  if (item === undefined) return undefined;
  const value = numberOf(name, item);
  if (item.isGiven) return item.text;
  if (!Number.isNaN(value)) return String(value);
  const address = parseAddress(item.text);
  return address === undefined ? item.text : formatAddress(address);
}

export function hexadecimal(items: Items, name: string): string | undefined {
  const item = items.get(name);
  if (item === undefined) return undefined;
  return item.isGiven ? item.text : `0x${numberOf(name, item).toString(16)}`;
}

export const isNot = (items: Items, name: string): readonly string[] => (items.get(name)?.not === true ? ['!'] : []);

/** `first`, or `first-second` with the separator between: ranges, masks. */
export function pair(items: Items, first: string, second: string, separator: string): string | undefined {
  const start = plain(items, first);
  const end = plain(items, second);
  return start === undefined || end === undefined ? start : `${start}${separator}${end}`;
}

/** Ebtables' order: the option, the exclamation mark, the value. */
export const option = (items: Items, name: string, flag: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [flag, ...isNot(items, name), value];

/** Iptables' order: the exclamation mark, the option, the value. */
export const match = (items: Items, name: string, flag: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [...isNot(items, name), flag, value];
