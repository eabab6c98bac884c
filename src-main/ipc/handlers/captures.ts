/** Captures on machines' cables. */
import { VirError } from '../../../src-shared/errors.ts';
import { say } from '../../../src-shared/words.ts';
import type { CaptureApi } from '../../engine/capture-api.ts';
import type { HandlerSet } from '../dispatch.ts';
import type { Services } from '../services.ts';
import { given } from './given.ts';

export function captureHandlers({ engine }: Services): HandlerSet {
  const capturesOf = async (uri: string): Promise<CaptureApi> => {
    const { captures } = await engine.open(uri);
    if (captures !== undefined) return captures;
    throw new VirError({
      code: 'no-support',
      domain: 'none',
      message: say`this function is not supported by the connection driver: captures`,
    });
  };
  return {
    'captures.list': async ({ uri, uuid }) => await (await capturesOf(uri)).list(uuid),
    'captures.start': async ({ uri, uuid, card, ...options }) =>
      await (await capturesOf(uri)).start(uuid, card, given(options)),
    'captures.stop': async ({ uri, id }) => await (await capturesOf(uri)).stop(id),
    'captures.packets': async ({ uri, id, after, limit, which }) =>
      await (await capturesOf(uri)).packets(id, after, limit, which),
    'captures.packet': async ({ uri, id, number }) => await (await capturesOf(uri)).packet(id, number),
    'captures.save': async ({ uri, id, path }) => {
      await (await capturesOf(uri)).save(id, path);
    },
    'captures.remove': async ({ uri, id }) => {
      await (await capturesOf(uri)).remove(id);
    },
  };
}
