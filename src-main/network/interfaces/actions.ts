/**
 * Everything that is done to the host's interfaces: typed verbs with their arguments, checked where they come from a
 * file. An executor knows these and nothing else; what they name is a device, an address, or one of the files where the
 * host's network configuration is kept.
 */
import * as z from 'zod';
import { parseAddress, parseSubnet } from '../../../src-shared/model/network-address.ts';

/** A device's name that is a word of programs and paths. */
export const linkPattern = /^(?!all$|default$|lo$|any$|dev$|type$|name$|help$)[A-Za-z][A-Za-z0-9_.@-]{0,14}$/;
const link = z
  .string()
  .regex(linkPattern)
  .refine((name) => !name.includes('..'));
const mac = z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/);
const mtu = z.number().int().min(68).max(65_535);
const ip = z.string().refine((text) => parseAddress(text) !== undefined);
const seconds = z.number().int().min(0).max(4_294_967_294);
const word = z.string().regex(/^[a-z0-9_]{1,32}$/);

const address = z.object({
  family: z.enum(['ipv4', 'ipv6']),
  address: ip,
  prefix: z.number().int().min(0).max(128),
  broadcast: ip.exactOptional(),
  scope: word,
  noPrefixRoute: z.boolean(),
  withoutDad: z.literal(true).exactOptional(),
  validSeconds: seconds.exactOptional(),
  preferredSeconds: seconds.exactOptional(),
});

const route = z.object({
  family: z.enum(['ipv4', 'ipv6']),
  destination: z
    .string()
    .refine((text) => text === 'default' || parseSubnet(text) !== undefined || parseAddress(text) !== undefined),
  device: link,
  gateway: ip.exactOptional(),
  protocol: word,
  scope: word.exactOptional(),
  metric: z.number().int().min(0).max(4_294_967_295).exactOptional(),
  source: ip.exactOptional(),
  table: word.exactOptional(),
  isOnLink: z.boolean(),
});

/** Where the keepers of the host's configuration have it, and nowhere else. */
export const configurationPath =
  /^\/etc\/network\/interfaces(?:\.d\/[A-Za-z0-9_-]{1,64})?$|^\/(?:etc|run)\/systemd\/network\/[A-Za-z0-9_.@-]{1,64}\.(?:netdev|network)$|^\/var\/lib\/vivarium\/interfaces\/[A-Za-z0-9_.@-]{1,15}\.xml$/;
const path = z
  .string()
  .regex(configurationPath)
  .refine((text) => !text.includes('..'));

const dhcpClient = z.enum(['dhclient', 'udhcpc', 'dhcpcd']);
const uuid = z.uuid();
/** A value with its signature; which settings there are is NetworkManager's to say. */
const settings = z.record(z.string().max(64), z.record(z.string().max(64), z.tuple([z.string().max(16), z.unknown()])));

const action = z.discriminatedUnion('verb', [
  z.object({
    verb: z.literal('bridge-add'),
    link,
    mac: mac.exactOptional(),
    mtu: mtu.exactOptional(),
    stp: z.boolean(),
    forwardDelaySeconds: z.number().int().min(0).max(30),
    /** Whether it listens to routers' announcements, as the interface before it did. */
    acceptRa: z.enum(['0', '1', '2']).exactOptional(),
  }),
  z.object({ verb: z.literal('vlan-add'), link, parent: link, tag: z.number().int().min(0).max(4095) }),
  z.object({ verb: z.literal('bond-add'), link, mode: z.string().regex(/^[a-z0-9.-]{1,16}$/), miimonMs: seconds }),
  /** Only a device of this kind: real ones can't be deleted, and another of the same name is somebody else's. */
  z.object({ verb: z.literal('link-delete'), link, kind: z.enum(['bridge', 'vlan', 'bond']) }),
  z.object({ verb: z.literal('link-up'), link }),
  z.object({ verb: z.literal('link-down'), link }),
  z.object({ verb: z.literal('mtu-set'), link, mtu }),
  z.object({ verb: z.literal('mac-set'), link, mac }),
  z.object({ verb: z.literal('master-set'), link, master: link }),
  z.object({ verb: z.literal('master-clear'), link }),
  z.object({ verb: z.literal('ipv6-off'), link }),
  z.object({ verb: z.literal('ipv6-on'), link }),
  z.object({ verb: z.literal('address-add'), link, address }),
  z.object({ verb: z.literal('address-delete'), link, address }),
  z.object({ verb: z.literal('route-add'), route }),
  z.object({ verb: z.literal('route-delete'), route }),
  z.object({
    verb: z.literal('dhcp-start'),
    client: dhcpClient,
    link,
    /** The interface whose lease it goes on with. */
    from: link.exactOptional(),
    /** Calls itself by the host's DUID, as ifupdown's does. */
    byDuid: z.literal(true).exactOptional(),
  }),
  /** The address stays: the client is ended without giving it back. */
  z.object({ verb: z.literal('dhcp-stop'), client: dhcpClient, link }),
  /** Whole; absent content removes it. */
  z.object({ verb: z.literal('file-write'), path, content: z.string().max(1_048_576).exactOptional() }),
  z.object({ verb: z.literal('ifup'), link }),
  z.object({ verb: z.literal('ifdown'), link }),
  z.object({ verb: z.literal('networkd-reload'), links: z.array(link).max(64).readonly() }),
  z.object({ verb: z.literal('nm-add'), uuid, settings, isLasting: z.boolean() }),
  z.object({ verb: z.literal('nm-update'), uuid, settings, isLasting: z.boolean() }),
  z.object({ verb: z.literal('nm-save'), uuid }),
  z.object({ verb: z.literal('nm-delete'), uuid }),
  z.object({ verb: z.literal('nm-activate'), uuid, link }),
  z.object({ verb: z.literal('nm-deactivate'), uuid }),
]);
export type InterfaceAction = z.infer<typeof action>;

/** @throws when it is none of ours. */
export const checkInterfaceAction = (value: unknown): InterfaceAction => action.parse(value);
