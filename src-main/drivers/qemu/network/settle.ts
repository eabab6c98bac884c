import type { GuestContext } from '../guests/context.ts';

/** Brings cables to what runs, after an engine was away. Networks that can't be used keep no machine from being managed. */
export async function settleCables({ table, cables, logger }: GuestContext): Promise<void> {
  const running = table
    .records()
    .flatMap(({ uuid, runtime, live }) =>
      runtime === undefined || live === undefined ? [] : [{ uuid, cards: live.devices?.interface ?? [] }],
    );
  try {
    await cables.settle(running);
  } catch (error) {
    logger.log('error', "the cables of machines can't be looked after", { error });
  }
}
