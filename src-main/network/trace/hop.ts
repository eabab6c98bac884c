/** Hops as they are put together. Pure. */
import type {
  TraceEnd,
  TraceEvidence,
  TraceHop,
  TraceHopKind,
  TraceRepair,
  TraceStatus,
} from '../../../src-shared/model/network-trace.ts';
import { sentences } from '../describe.ts';
import type { NetworkStep } from '../plan.ts';
import { fill, type TraceAdvice, traceAdvice, type TraceFinding, traceFindings } from './findings.ts';

/** A repair with what carries it out. */
export interface Repair extends TraceRepair {
  /** The network that is started, or whose steps these become. */
  readonly network?: string;
  /** Of the host, in their order. */
  readonly actions: readonly NetworkStep[];
  /** Whether they are recorded with the network, and undone when it stops. */
  readonly recorded: boolean;
}

export interface AnalysedHop extends Omit<TraceHop, 'id' | 'repair'> {
  readonly repair?: Repair;
}

interface Parts {
  readonly evidence?: readonly (TraceEvidence | undefined)[];
  readonly advice?: TraceAdvice;
  readonly repair?: Repair | undefined;
}

type Values = Readonly<Record<string, string>>;

/** Makes the hops of one place. */
export function hopsAt(at: TraceEnd) {
  const make =
    (status: TraceStatus) =>
    (kind: TraceHopKind, finding: TraceFinding, values: Values = {}, parts: Parts = {}): AnalysedHop => ({
      ...{ kind, at, status, finding, values, text: fill(traceFindings[finding], values) },
      evidence: (parts.evidence ?? []).filter((each) => each !== undefined),
      ...(parts.advice === undefined ? {} : { advice: { key: parts.advice, text: traceAdvice[parts.advice] } }),
      ...(parts.repair === undefined ? {} : { repair: parts.repair }),
    });
  return { ok: make('ok'), failed: make('failed'), unknown: make('unknown') };
}

/** Changes of the host, as a repair. */
export function stepsRepair(
  sentence: string,
  actions: readonly NetworkStep[],
  network?: string,
  recorded = network !== undefined,
): Repair | undefined {
  if (actions.length === 0) return undefined;
  return {
    action: 'network',
    sentence,
    steps: sentences(actions),
    actions,
    recorded,
    ...(network === undefined ? {} : { network }),
  };
}
