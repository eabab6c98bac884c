import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endOfKey, keyOfEnd, pathOf, readPort } from '../../../../../src-renderer/features/networks/trace/ends.ts';
import { traceAdvice, traceFindings } from '../../../../../src-main/network/trace/findings.ts';
import type { Trace, TraceEnd, TraceHop } from '../../../../../src-shared/model/network-trace.ts';

const machine: TraceEnd = { kind: 'machine', uuid: 'm', mac: '52:54:00:00:00:01' };
const internet: TraceEnd = { kind: 'internet' };

describe('the ends of a trace', () => {
  it('are keys of choices', () => {
    for (const end of [machine, internet, { kind: 'network', uuid: 'n' }, { kind: 'host' }] as const) {
      expect(endOfKey(keyOfEnd(end))).toEqual(end);
    }
    expect(endOfKey('')).toBeUndefined();
  });

  it('may have a port', () => {
    expect(readPort(' ')).toEqual({});
    expect(readPort('22')).toEqual({ port: { protocol: 'tcp', port: 22 } });
    expect(readPort('UDP/53')).toEqual({ port: { protocol: 'udp', port: 53 } });
    for (const wrong of ['0', '70000', 'ssh', 'icmp/1']) expect(readPort(wrong)).toBeUndefined();
  });
});

describe('the way of a trace on the picture', () => {
  const graph = {
    nodes: [],
    hidden: 0,
    cables: [
      { id: 'outside', from: 'internet', to: 'host', state: 'up' },
      { id: 'uplink', from: 'host', to: 'network n', state: 'up' },
      { id: 'card', from: 'network n', to: 'machine m', state: 'up' },
    ],
  } as const;
  const hop = (id: string, at: TraceEnd, status: TraceHop['status']): TraceHop => ({
    ...{ id, kind: 'rules', at, status, finding: '', values: {}, text: '', evidence: [] },
  });

  it('ends at the first hop that failed; the rest is beyond', () => {
    const trace: Trace = {
      hops: [hop('from-link', machine, 'ok'), hop('way-rules', { kind: 'host' }, 'failed')],
      ...{ status: 'failed', failed: 'way-rules' },
    };
    const { nodes, cables } = pathOf(trace, machine, internet, graph);
    expect([...nodes]).toEqual([
      ['machine m', 'ok'],
      ['network n', 'ok'],
      ['host', 'failed'],
      ['internet', 'beyond'],
    ]);
    expect([...cables]).toEqual([
      ['card', 'ok'],
      ['uplink', 'ok'],
      ['outside', 'beyond'],
    ]);
  });
});

describe('the words of a trace', () => {
  it('are those of the engine', () => {
    const file = new URL('../../../../../src-renderer/locales/en/trace.json', import.meta.url);
    const { finding, advice } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(finding).toEqual(traceFindings);
    expect(advice).toEqual(traceAdvice);
  });
});
