import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../../src-shared/model/network-trace.ts';
import type { NetworkSummary } from '../../../src-shared/model/network-summary.ts';
import { BusLab, nat, users, whatIsMissing } from './bus-lab.ts';

const missing = whatIsMissing();

describe.skipIf(missing !== undefined)(`a trace of an ordinary user's engine${missing ?? ''}`, () => {
  let bus: BusLab;
  beforeAll(async () => {
    bus = await BusLab.open();
  });
  afterAll(async () => {
    await bus.close();
  });

  async function traced(uid: number, xml: string): Promise<Trace> {
    const home = await bus.home(uid);
    const caller = await bus.caller(uid);
    const { uuid } = (await caller.ask('networks', home, 'define', xml)) as NetworkSummary;
    await caller.ask('networks', home, 'start', uuid);
    const question = { from: { kind: 'network', uuid }, to: { kind: 'internet' } };
    return (await caller.ask('networks', home, 'trace', question)) as Trace;
  }

  it('sees the rules through the helper, where the user may look', async () => {
    const { hops } = await traced(users.other, nat);
    const [rules, translation] = ['rules', 'translation'].map((kind) => hops.find((hop) => hop.kind === kind));
    expect(rules).toMatchObject({ status: 'ok', finding: 'rules-pass' });
    expect(rules?.evidence[0]?.line).toContain('virbr9');
    expect(translation).toMatchObject({ status: 'ok' });
  });

  it('says that it can not see them otherwise, and what would be needed', async () => {
    const second = nat
      .replace('<name>lab<', '<name>second<')
      .replaceAll('virbr9', 'virbr8')
      .replaceAll('192.168.77.', '192.168.78.')
      .replaceAll('2001:db8:77:', '2001:db8:78:');
    const { hops, status } = await traced(users.allowed, second);
    expect(status).toBe('unknown');
    expect(hops.find(({ kind }) => kind === 'rules')).toMatchObject({
      ...{ status: 'unknown', finding: 'rules-hidden' },
      advice: { key: 'see-rules' },
    });
  });

  it("has no way around other programs' rules by the helper", async () => {
    const caller = await bus.caller(users.allowed);
    const place = { family: 'inet', table: 'filter', chain: 'input', mark: 'vivarium 0' };
    const exception = {
      verb: 'nft-exception-add',
      ...place,
      layer: 'ipv4',
      matches: [{ match: 'in', device: 'virbr8' }],
    };
    await expect(caller.ask('perform', exception)).rejects.toMatchObject({ data: { code: 'access-denied' } });
  });
});
