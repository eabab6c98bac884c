import * as z from 'zod';
import type { CaptureInfo, CapturePage, PacketDetails } from '../model/capture.ts';
import { domain, path, uri, uuid } from './arguments.ts';
import { call } from './call.ts';

const capture = z.object({ uri, id: z.string().regex(/^[0-9a-z-]{1,64}$/) });

export const captureCalls = {
  'captures.list': call(z.object({ uri, uuid: uuid.optional() })).returns<readonly CaptureInfo[]>(),
  /** Of a running machine's card: its MAC address, alias or number from 0; the first when it is left out. */
  'captures.start': call(
    z.object({
      ...domain.shape,
      card: z.string().min(1).max(64).optional(),
      maxBytes: z
        .number()
        .int()
        .min(4096)
        .max(16 * 2 ** 30)
        .optional(),
      maxSeconds: z.number().int().min(1).max(604_800).optional(),
      snapLength: z.number().int().min(64).max(65_536).optional(),
    }),
  ).returns<CaptureInfo>(),
  'captures.stop': call(capture).returns<CaptureInfo>(),
  /** Whoever shows packets asks for them when `capture` events say that there are more, as many as it can show. */
  'captures.packets': call(
    z.object({
      ...capture.shape,
      after: z.number().int().min(0),
      limit: z.number().int().min(1).max(1000),
      /** Of more than that: the newest, so that a list keeps up, or the oldest, so that none is missed. */
      which: z.enum(['newest', 'oldest']).optional(),
    }),
  ).returns<CapturePage>(),
  'captures.packet': call(z.object({ ...capture.shape, number: z.number().int().min(1) })).returns<PacketDetails>(),
  'captures.save': call(z.object({ ...capture.shape, path })).returns<void>(),
  'captures.remove': call(capture).returns<void>(),
};
