/** How objects and values are named on the wire. A reference is enough to find its object again on either side. */
import type { ValueOf } from '../xdr/codec.ts';
import { optional, struct, union } from '../xdr/compounds.ts';
import { double, enumeration, flag, hyper, int, string, uhyper, uint, uuid } from '../xdr/scalars.ts';

/** `id` is −1 while the domain does not run. */
export const domain = struct({ name: string, uuid, id: int });
export type DomainReference = ValueOf<typeof domain>;

export const network = struct({ name: string, uuid });
export type NetworkReference = ValueOf<typeof network>;

export const networkPort = struct({ net: network, uuid });
export const nwfilter = struct({ name: string, uuid });
export type NwfilterReference = ValueOf<typeof nwfilter>;
export const nwfilterBinding = struct({ portdev: string, filtername: string });
export type NwfilterBindingReference = ValueOf<typeof nwfilterBinding>;
export const hostInterface = struct({ name: string, mac: string });

export const storagePool = struct({ name: string, uuid });
export type PoolReference = ValueOf<typeof storagePool>;

export const storageVol = struct({ pool: string, name: string, key: string });
export type VolumeReference = ValueOf<typeof storageVol>;

export const nodeDevice = struct({ name: string });
export const secret = struct({ uuid, usageType: int, usageID: string });
export type SecretReference = ValueOf<typeof secret>;
export const checkpoint = struct({ name: string, dom: domain });
export const snapshot = struct({ name: string, dom: domain });

/** What a call that failed is answered with: `virError`, its enumerations as numbers. */
export const remoteError = struct({
  code: int,
  domain: int,
  message: optional(string),
  level: int,
  dom: optional(domain),
  str1: optional(string),
  str2: optional(string),
  str3: optional(string),
  int1: int,
  int2: int,
  net: optional(network),
});
export type RemoteError = ValueOf<typeof remoteError>;

/** `virTypedParameter`: a named value that says which type it has. */
export const typedParam = struct({
  field: string,
  value: union({
    int: [1, int],
    uint: [2, uint],
    llong: [3, hyper],
    ullong: [4, uhyper],
    double: [5, double],
    boolean: [6, flag],
    string: [7, string],
  }),
});
export type TypedParam = ValueOf<typeof typedParam>;

export const authType = enumeration({ none: 0, sasl: 1, polkit: 2 });
