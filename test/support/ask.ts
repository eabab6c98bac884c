import type { Page } from 'playwright-core';
import type { Bridge } from '../../src-shared/contract/bridge.ts';
import type { Reply } from '../../src-shared/contract/call.ts';
import type { Answer, Argument, CallName } from '../../src-shared/contract/index.ts';

/** What a page gets for a call, whatever it asks. */
export async function askRaw(page: Page, name: string, argument: unknown): Promise<Reply<unknown>> {
  return await page.evaluate(
    ([call, with_]) => (window as unknown as { vivarium: Bridge }).vivarium.call(call, with_),
    [name, argument] as const,
  );
}

/** Asks the engine through a page of the application, as the page itself does. */
export async function ask<N extends CallName>(page: Page, name: N, argument: Argument<N>): Promise<Answer<N>> {
  const reply = await askRaw(page, name, argument);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message} ${reply.error.details ?? ''}`);
  return reply.value as Answer<N>;
}
