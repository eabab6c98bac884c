/** Doors for libvirt's own clients: which are open, who may come in, who is there. */
import * as z from 'zod';
import type { ErrorData } from '../errors.ts';
import { path } from './arguments.ts';
import { call } from './call.ts';

const port = z.number().int().min(1).max(65_535);
const address = z.string().min(1).max(255);

/** TLS, for other hosts. */
export const tlsDoor = z.object({
  on: z.boolean(),
  address,
  port,
  /** The folder with the certificates; where libvirt looks for them when empty. */
  pki: z.union([z.literal(''), path]),
  /** A password besides the certificate. */
  passwords: z.boolean(),
  /** Patterns of names in certificates; all of the authority when empty. */
  allowedNames: z.array(z.string().min(1).max(1024)).max(64),
});

/** TCP, for this host alone; always with a password. */
export const tcpDoor = z.object({ on: z.boolean(), address, port });

export type TlsDoor = z.output<typeof tlsDoor>;
export type TcpDoor = z.output<typeof tcpDoor>;

/** Whether a door that is wanted is open. */
export interface DoorState {
  readonly state: 'closed' | 'open' | 'failed';
  readonly error?: ErrorData;
}

export interface LibvirtDoors {
  readonly tls: DoorState;
  readonly tcp: DoorState;
}

export type CertificateProblem =
  | 'forbidden'
  | 'unreadable'
  | 'expired'
  | 'not-yet'
  | 'not-of-authority'
  | 'not-of-certificate';

/** One file of the certificates a door needs. */
export interface CertificateFile {
  readonly role: 'authority' | 'server' | 'server-key';
  readonly path: string;
  readonly exists: boolean;
  /** Why it can't be used; absent when it can. */
  readonly problem?: CertificateProblem;
  readonly subject?: string;
  readonly issuer?: string;
  readonly untilMs?: number;
}

/** The certificates that TLS would use now. */
export interface CertificateState {
  readonly folder: string;
  readonly files: readonly CertificateFile[];
  /** All are there, belong together and hold today. */
  readonly isUsable: boolean;
  /** Certificates made here for clients: what to copy to another host. */
  readonly clientFolder?: string;
}

export interface LibvirtUser {
  readonly name: string;
  readonly readOnly: boolean;
  readonly changedMs: number;
}

export interface LibvirtClient {
  readonly id: string;
  readonly way: 'unix' | 'tls' | 'tcp';
  /** Of the other side; absent on the unix socket. */
  readonly address?: string;
  readonly user?: string;
  /** The name in its certificate. */
  readonly certificate?: string;
  readonly sinceMs: number;
  readonly readOnly: boolean;
  readonly isAuthenticated: boolean;
}

export const libvirtClientCalls = {
  'libvirt.doors': call(z.object({})).returns<LibvirtDoors>(),
  'libvirt.certificates': call(z.object({})).returns<CertificateState>(),
  /** Makes an authority of this host's own, and certificates of it for the server and for clients. */
  'libvirt.make-certificates': call(
    z.object({ names: z.array(z.string().min(1).max(255)).min(1).max(32) }),
  ).returns<CertificateState>(),
  'libvirt.users': call(z.object({})).returns<readonly LibvirtUser[]>(),
  /** A user who is there already has the new password. */
  'libvirt.set-user': call(
    z.object({ name: z.string().min(1).max(64), password: z.string().max(1024), readOnly: z.boolean() }),
  ).returns<void>(),
  'libvirt.remove-user': call(z.object({ name: z.string().min(1).max(64) })).returns<void>(),
  'libvirt.clients': call(z.object({})).returns<readonly LibvirtClient[]>(),
  'libvirt.disconnect': call(z.object({ id: z.string().max(32) })).returns<void>(),
};
