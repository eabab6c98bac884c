/** How a client proves who it is, before anything else. */
import type { Authentication, Step } from '../authentication.ts';
import type { CallContext, RemoteHandlers } from '../handler.ts';
import { rpcError } from '../errors.ts';

interface SaidStep {
  readonly complete: number;
  readonly nil: number;
  readonly data: Uint8Array;
}

export const authenticationHandlers = {
  authList({ session }) {
    if (session.authentication !== undefined) return { types: ['sasl'] };
    session.authenticated = true;
    return { types: ['none'] };
  },

  async authSaslInit(context) {
    return { mechlist: await authentication(context, (own) => own.init()) };
  },

  async authSaslStart(context, { mech, nil, data }) {
    return said(context, await authentication(context, (own) => own.start(mech, message(nil, data))));
  },

  async authSaslStep(context, { nil, data }) {
    return said(context, await authentication(context, (own) => own.step(message(nil, data))));
  },
} satisfies RemoteHandlers;

const message = (nil: number, data: Uint8Array): Buffer | undefined => (nil === 0 ? Buffer.from(data) : undefined);

async function authentication<T>(
  { session, afterReply }: CallContext,
  does: (own: Authentication) => Promise<T>,
): Promise<T> {
  const own = session.authentication;
  if (own === undefined) throw rpcError('authentication failed');
  try {
    return await does(own);
  } finally {
    if (own.isLost) afterReply(() => session.turnAway());
  }
}

/** Nothing of the proof holds before the client was told, and what it had sent by then is not part of it. */
function said({ session, afterReply }: CallContext, { data, admitted }: Step): SaidStep {
  if (admitted !== undefined) afterReply(() => session.admit(admitted));
  return {
    complete: admitted === undefined ? 0 : 1,
    nil: data === undefined ? 1 : 0,
    data: data ?? new Uint8Array(),
  };
}
