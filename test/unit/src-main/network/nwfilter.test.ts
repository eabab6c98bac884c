import { describe, expect, it } from 'vitest';
import { filterCommands } from '../../../../src-main/network/nwfilter/commands.ts';
import { instantiate, type Variables } from '../../../../src-main/network/nwfilter/instances.ts';
import { type Nwfilter, parseNwfilter } from '../../../../src-shared/model/nwfilter.ts';

const filter = (name: string, inner: string): Nwfilter => parseNwfilter(`<filter name='${name}'>${inner}</filter>`);
const rule = (attributes: string): string => `<rule action='accept' direction='in'><tcp ${attributes}/></rule>`;

/** The values that rules come to have, rule by rule and combination by combination. */
const values = (from: Nwfilter, variables: Variables = {}, others: readonly Nwfilter[] = []): string[] =>
  instantiate(from, variables, (name) => others.find((other) => other.name === name)).flatMap(({ combinations }) =>
    combinations.map((items) => [...items.values()].map(({ text }) => text).join(' ')),
  );

describe("a filter's variables", () => {
  const pair = { IP: ['10.0.0.1', '10.0.0.2'], PORT: ['80', '443'] };

  it('are taken together, unless they have iterators of their own', () => {
    const together = filter('a', rule("srcipaddr='$IP' srcportstart='$PORT'"));
    expect(values(together, pair)).toEqual(['10.0.0.1 80', '10.0.0.2 443']);
    const each = filter('a', rule("srcipaddr='$IP[@1]' srcportstart='$PORT[@2]'"));
    expect(values(each, pair)).toEqual(['10.0.0.1 80', '10.0.0.2 80', '10.0.0.1 443', '10.0.0.2 443']);
  });

  it('can be one value of several, and what was there before does not come again', () => {
    expect(values(filter('a', rule("srcportstart='$PORT[1]'")), pair)).toEqual(['443']);
    expect(values(filter('a', rule("srcportstart='$PORT'")), { PORT: ['80', '443', '80'] })).toEqual(['80', '443']);
  });

  it('must have values, and as many as those they are taken together with', () => {
    expect(() => values(filter('a', rule("srcipaddr='$IP'")))).toThrow("'IP' has no value");
    expect(() => values(filter('a', rule("srcportstart='$PORT[7]'")), pair)).toThrow('no value number 7');
    const uneven = { IP: ['10.0.0.1'], PORT: ['80', '443'] };
    expect(() => values(filter('a', rule("srcipaddr='$IP' srcportstart='$PORT'")), uneven)).toThrow('as many values');
  });

  it('get their values from the interface before a reference', () => {
    const inner = filter('inner', rule("srcportstart='$PORT'"));
    const outer = filter('outer', "<filterref filter='inner'><parameter name='PORT' value='22'/></filterref>");
    expect(values(outer, {}, [inner])).toEqual(['22']);
    expect(values(outer, { PORT: ['80'] }, [inner])).toEqual(['80']);
  });
});

describe('references between filters', () => {
  it('must lead somewhere, and not in a circle', () => {
    const lost = filter('lost', "<filterref filter='nowhere'/>");
    expect(() => values(lost)).toThrow("refers to 'nowhere', which does not exist");
    const left = filter('left', "<filterref filter='right'/>");
    const right = filter('right', "<filterref filter='left'/>");
    expect(() => values(left, {}, [left, right])).toThrow("'left' refers to itself");
  });
});

describe('the commands of filters', () => {
  it('only remove what an earlier attempt left, where there is no rule', () => {
    expect(filterCommands([], 'vnet0').every(({ mayFail }) => mayFail)).toBe(true);
  });

  it('hook the finished chains in last', () => {
    const rules = instantiate(
      filter('a', "<rule action='drop' direction='out'><mac srcmacaddr='1:2:3:4:5:6' match='no'/></rule>"),
      {},
      () => undefined,
    );
    const commands = filterCommands(rules, 'vnet0').map(({ argv }) => argv.join(' '));
    expect(commands.at(-2)).toBe('ebtables --concurrent -t nat -A libvirt-J-vnet0 -s ! 01:02:03:04:05:06 -j DROP');
    expect(commands.at(-1)).toBe('ebtables --concurrent -t nat -A PREROUTING -i vnet0 -j libvirt-J-vnet0');
  });
});
