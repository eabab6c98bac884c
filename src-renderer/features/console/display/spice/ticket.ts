/** The length of a ticket on the wire: that of the server's RSA key. */
const ticketBytes = 128;

/**
 * The number that spice-html5 encrypts a password to, as the server reads it. The client leaves out leading zeros: once
 * in 256 connections its ticket is too short, and is refused or waited for.
 */
export const wireTicket = (number: readonly number[]): readonly number[] => [
  ...Array.from({ length: Math.max(0, ticketBytes - number.length) }, () => 0),
  ...number,
];
