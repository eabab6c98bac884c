/** What the mechanisms of SASL (RFC 4422) have in common, for the side that proves and the side that checks. */

/** The other side said what the mechanism does not allow, or could not prove itself. */
export class SaslError extends Error {
  override readonly name = 'SaslError';
}

/** Protects every byte after the proof: what is sent is wrapped, what comes is unwrapped. */
export interface SecurityLayer {
  wrap(bytes: Buffer): Buffer;
  /** Takes pieces of any size; gives what was whole so far. @throws SaslError when somebody has changed it. */
  unwrap(piece: Buffer): readonly Buffer[];
}

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** An absent message is not an empty one. */
export type Message = Buffer | undefined;

export interface ClientMechanism {
  readonly name: string;
  /** What is said before the server has said anything. */
  start(): Message;
  /** @throws SaslError */
  step(challenge: Message): Message | Promise<Message>;
  /** Nothing more is expected, and the server has proven itself where the mechanism has it do so. */
  readonly isComplete: boolean;
  /** Once complete, when one was agreed upon. */
  readonly layer: SecurityLayer | undefined;
}

export interface ServerAnswer {
  readonly data: Message;
  readonly isComplete: boolean;
}

export interface ServerMechanism {
  /** @throws SaslError when it is no proof. */
  step(response: Message): ServerAnswer | Promise<ServerAnswer>;
  /** Who says to be there; proven once complete. */
  readonly user: string | undefined;
  readonly layer: SecurityLayer | undefined;
}
