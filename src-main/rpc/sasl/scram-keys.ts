/** The computations of SCRAM (RFC 5802, RFC 7677) that both sides share. */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { SaslError } from './mechanism.ts';
import { prepare } from './prepare.ts';

const derive = promisify(pbkdf2);

/** The hashes that are registered, the best first, as Node names them. */
export const scramHashes = {
  'SCRAM-SHA-512': 'sha512',
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-1': 'sha1',
} as const;

export type ScramName = keyof typeof scramHashes;
export type ScramHash = (typeof scramHashes)[ScramName];

const hashBytes: Readonly<Record<ScramHash, number>> = { sha512: 64, sha256: 32, sha1: 20 };

const hmac = (hash: ScramHash, key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();

/** What a server keeps instead of a password, and from which no password follows. */
export interface ScramKeys {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export async function saltedPassword(
  hash: ScramHash,
  password: string,
  salt: Buffer,
  iterations: number,
): Promise<Buffer> {
  return await derive(prepare(password), salt, iterations, hashBytes[hash], hash);
}

export const clientKeyOf = (hash: ScramHash, salted: Buffer): Buffer => hmac(hash, salted, 'Client Key');
export const serverKeyOf = (hash: ScramHash, salted: Buffer): Buffer => hmac(hash, salted, 'Server Key');
export const storedKeyOf = (hash: ScramHash, clientKey: Buffer): Buffer => createHash(hash).update(clientKey).digest();

export async function makeScramKeys(
  hash: ScramHash,
  password: string,
  salt: Buffer,
  iterations: number,
): Promise<ScramKeys> {
  const salted = await saltedPassword(hash, password, salt, iterations);
  return {
    salt,
    iterations,
    storedKey: storedKeyOf(hash, clientKeyOf(hash, salted)),
    serverKey: serverKeyOf(hash, salted),
  };
}

/** What proves that the client knows the password, without telling it. */
export function clientProof(hash: ScramHash, clientKey: Buffer, messages: string): Buffer {
  return xor(clientKey, hmac(hash, storedKeyOf(hash, clientKey), messages));
}

export function isClientProof(hash: ScramHash, { storedKey }: ScramKeys, messages: string, proof: Buffer): boolean {
  const signature = hmac(hash, storedKey, messages);
  if (proof.length !== signature.length) return false;
  return timingSafeEqual(storedKeyOf(hash, xor(proof, signature)), storedKey);
}

export const serverSignature = (hash: ScramHash, serverKey: Buffer, messages: string): Buffer =>
  hmac(hash, serverKey, messages);

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));
}

/** `a=…,b=…` as its attributes, whose values may hold `=`. @throws SaslError */
export function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const part of text.split(',')) {
    const match = /^([A-Za-z])=(.*)$/s.exec(part);
    if (match === null) throw new SaslError('a message of SCRAM is malformed');
    const [, name = '', value = ''] = match;
    if (attributes.has(name)) throw new SaslError(`a message of SCRAM has two ${name}`);
    attributes.set(name, value);
  }
  return attributes;
}

export const writeName = (name: string): string => prepare(name).replaceAll('=', '=3D').replaceAll(',', '=2C');

/** @throws SaslError */
export function readName(text: string): string {
  if (/=(?!2C|3D)/.test(text)) throw new SaslError('a name in SCRAM is malformed');
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
