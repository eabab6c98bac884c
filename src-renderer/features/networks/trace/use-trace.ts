/** A trace that is asked for, its answer, and the repair of what is in the way. */
import { useState } from 'react';
import type { ErrorData } from '../../../../src-shared/errors.ts';
import type { Trace, TraceEnd, TraceHop } from '../../../../src-shared/model/network-trace.ts';
import { engine, errorDataOf } from '../../../app/client.ts';
import { reportError } from '../../../app/feedback/notices.ts';
import { endOfKey, keyOfEnd, readPort } from './ends.ts';

interface Asked {
  readonly from: TraceEnd;
  readonly to: TraceEnd;
  readonly trace: Trace;
}

export interface TraceState {
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
  readonly from: string;
  readonly to: string;
  readonly port: string;
  readonly set: (part: { readonly from?: string; readonly to?: string; readonly port?: string }) => void;
  /** From, or to, a node of the picture. */
  readonly choose: (side: 'from' | 'to', end: TraceEnd) => void;
  readonly asked: Asked | undefined;
  readonly error: ErrorData | undefined;
  readonly busy: 'trace' | 'repair' | undefined;
  readonly run: () => void;
  readonly repair: (hop: TraceHop) => void;
}

export function useTrace(uri: string, changed: () => void): TraceState {
  const [open, setOpen] = useState(false);
  const [ends, setEnds] = useState({ from: '', to: 'internet', port: '' });
  const [asked, setAsked] = useState<Asked>();
  const [error, setError] = useState<ErrorData>();
  const [busy, setBusy] = useState<'trace' | 'repair'>();

  const ask = async (chosen: typeof ends, repaired?: TraceHop): Promise<void> => {
    const [from, to, port] = [endOfKey(chosen.from), endOfKey(chosen.to), readPort(chosen.port)];
    if (from === undefined || to === undefined || port === undefined) return;
    const question = { uri, from, to, ...port };
    setBusy(repaired === undefined ? 'trace' : 'repair');
    setError(undefined);
    try {
      if (repaired !== undefined) {
        await engine.call('networks.trace-repair', { ...question, hop: repaired.id });
        changed();
      }
      setAsked({ from, to, trace: await engine.call('networks.trace', question) });
    } catch (thrown) {
      setError(errorDataOf(thrown));
    } finally {
      setBusy(undefined);
    }
  };

  const start = (chosen: typeof ends, repaired?: TraceHop): void => {
    ask(chosen, repaired).catch(reportError);
  };
  const set: TraceState['set'] = (part) => {
    setEnds({ ...ends, ...part });
    setAsked(undefined);
    setError(undefined);
  };
  return {
    ...{ ...ends, open, asked, error, busy, set },
    setOpen: (next) => {
      setOpen(next);
      if (!next) setAsked(undefined);
    },
    choose: (side, end) => {
      const next = { ...ends, [side]: keyOfEnd(end) };
      setOpen(true);
      set({ [side]: keyOfEnd(end) });
      if (next.from !== '' && next.to !== '' && next.from !== next.to) start(next);
    },
    run: () => start(ends),
    repair: (hop) => start(ends, hop),
  };
}
