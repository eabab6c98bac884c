import { useEffect, useRef, useState } from 'react';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type { CaptureInfo } from '../../../../src-shared/model/capture.ts';
import { engine, errorDataOf } from '../../../app/client.ts';
import { maximumRows, noPackets, type PacketList, withPage } from './packet-list.ts';

/** Asked at once, and how often at most: this much a window can show. */
const pageSize = 500;
const pauseMs = 200;
/** Farther behind than that, it catches up with the newest. */
const farBehind = 5_000;

export interface ShownCapture {
  readonly capture: CaptureInfo;
  readonly list: PacketList;
  readonly error: ErrorData | undefined;
}

/**
 * A capture's packets as they come. The engine only says that there are more; they are asked for here, so that a flood
 * never arrives faster than it is shown. While paused nothing is asked for.
 */
export function useCapture(uri: string, first: CaptureInfo, paused: boolean): ShownCapture {
  const [shown, setShown] = useState<ShownCapture>({ capture: first, list: noPackets, error: undefined });
  const latest = useRef(shown);
  const { id } = first;

  useEffect(() => {
    let current = true;
    let asking = false;
    let timer: number | undefined;
    const show = (change: Partial<ShownCapture>): void => {
      if (!current) return;
      latest.current = { ...latest.current, ...change };
      setShown(latest.current);
    };
    const ask = async (): Promise<void> => {
      const { list, capture } = latest.current;
      const isLive = capture.ended === undefined;
      // What has ended is read from its beginning, as far as the list goes.
      if (!isLive && list.rows.length >= maximumRows) return;
      const which = isLive && capture.packets - list.after > farBehind ? 'newest' : 'oldest';
      const page = await engine.call('captures.packets', { uri, id, after: list.after, limit: pageSize, which });
      show({ capture: page.capture, list: withPage(list, page) });
    };
    const wanted = (): boolean => {
      const { list, capture } = latest.current;
      const isFull = capture.ended !== undefined && list.rows.length >= maximumRows;
      return current && !paused && capture.packets > list.after && !isFull;
    };
    const pull = (): void => {
      if (asking || !wanted()) return;
      asking = true;
      ask()
        .catch((thrown: unknown) => show({ error: errorDataOf(thrown) }))
        .finally(() => {
          timer = window.setTimeout(() => {
            asking = false;
            if (latest.current.error === undefined) pull();
          }, pauseMs);
        });
    };
    const unsubscribe = engine.subscribe((message) => {
      if (message.channel !== 'engine' || message.uri !== uri || message.event.type !== 'capture') return;
      if (message.event.capture.id !== id) return;
      show({ capture: message.event.capture });
      pull();
    });
    pull();
    return () => {
      current = false;
      window.clearTimeout(timer);
      unsubscribe();
    };
  }, [uri, id, paused]);

  return shown;
}
