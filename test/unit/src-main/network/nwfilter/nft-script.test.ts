import { describe, expect, it } from 'vitest';
import { readAction } from '../../../../../src-main/helper/check-action.ts';
import { filterScript } from '../../../../../src-main/network/nwfilter/nft-script.ts';
import { rulesOf } from '../../../../../src-main/network/nwfilter/plan-binding.ts';
import { fromPlain, type PlainRule } from '../../../../../src-main/network/nwfilter/port-rules.ts';
import { predefinedFilters } from '../../../../../src-main/network/nwfilter/predefined.ts';
import { parseNwfilterBinding } from '../../../../../src-shared/model/nwfilter-binding.ts';
import { type Nwfilter, parseNwfilter } from '../../../../../src-shared/model/nwfilter.ts';

const filters = new Map<string, Nwfilter>(predefinedFilters().map((filter) => [filter.name, filter]));
const find = (name: string): Nwfilter | undefined => filters.get(name);

const bound = (filter: string, parameters: Readonly<Record<string, string>> = {}) =>
  parseNwfilterBinding(`<filterbinding>
    <owner><name>web</name><uuid>11111111-2222-4333-8444-555555555555</uuid></owner>
    <portdev name='vnet0'/><mac address='52:54:00:11:22:33'/>
    <filterref filter='${filter}'>${Object.entries(parameters)
      .map(([name, value]) => `<parameter name='${name}' value='${value}'/>`)
      .join('')}</filterref>
  </filterbinding>`);

const script = (rules: readonly PlainRule[], reject = true): string =>
  filterScript('vivarium_0123abcd', [fromPlain('vnet0', rules)], { reject });

describe('the rules of a binding', () => {
  it('let only requests for an address pass while the address is not known', () => {
    const { rules, isLearning } = rulesOf(bound('clean-traffic'), find, []);
    expect(isLearning).toBe(true);
    expect(script(rules)).toContain('ether saddr != 52:54:00:11:22:33 drop');
    expect(rulesOf(bound('clean-traffic'), find, ['10.0.0.7']).isLearning).toBe(false);
  });

  it('name what has no value', () => {
    expect(() => rulesOf(bound('clean-traffic', { CTRL_IP_LEARNING: 'none' }), find, [])).toThrow(/elements: IP$/);
    expect(() => rulesOf(bound('no-ipv6-spoofing'), find, [])).toThrow(/elements: IPV6$/);
  });

  it('take every value of a variable', () => {
    const { rules } = rulesOf(bound('no-ip-spoofing', { IP: '10.0.0.7' }), find, []);
    expect(script(rules)).toContain('ip saddr 10.0.0.7 return');
  });
});

describe('a filter in nftables', () => {
  it('follows connections both ways', () => {
    filters.set(
      'web',
      parseNwfilter(
        "<filter name='web' chain='root'><rule action='accept' direction='in'><tcp dstportstart='80'/></rule></filter>",
      ),
    );
    const text = script(rulesOf(bound('web'), find, []).rules);
    expect(text).toContain('meta l4proto 6 th dport 80 ct state new,established ct direction original accept');
    expect(text).toContain('meta l4proto 6 th sport 80 ct state established ct direction reply return');
  });

  it('drops what it can not reject', () => {
    filters.set(
      'no',
      parseNwfilter(
        "<filter name='no' chain='root'><rule action='reject' direction='inout' statematch='false'><udp/></rule></filter>",
      ),
    );
    const { rules } = rulesOf(bound('no'), find, []);
    expect(script(rules).match(/l4proto 17 \w+/g)).toEqual(['l4proto 17 reject', 'l4proto 17 drop']);
    expect(script(rules, false)).not.toContain('reject');
  });

  it('has no way in for anything but values', () => {
    for (const value of ['10.0.0.1 accept', '10.0.0.1; flush ruleset', '10.0.0.1"', '$IP', '::1', '']) {
      const { rules } = rulesOf(bound('no-ip-spoofing', { IP: '192.0.2.1' }), find, []);
      const spoiled = JSON.parse(
        JSON.stringify(rules).replaceAll('192.0.2.1', value.replaceAll('"', '\\"')),
      ) as PlainRule[];
      expect(() => script(spoiled), value).toThrow(/is no IPv4 address/);
    }
  });
});

describe('the helper', () => {
  const { rules } = rulesOf(bound('clean-traffic', { IP: '10.0.0.7' }), find, []);
  const action = { verb: 'filter-set', table: 'vivarium_0123abcd', ports: [{ link: 'vnet0', rules }] };
  const read = (changed: object): unknown => readAction(JSON.stringify({ ...action, ...changed }), 'nobody');

  it('takes the rules of an interface as the engine plans them', () => {
    expect(read({})).toEqual(JSON.parse(JSON.stringify(action)));
  });

  it("takes no other program's table, no hostile name and no chain that could end a line", () => {
    expect(() => read({ table: 'filter' })).toThrow();
    expect(() => read({ ports: [{ link: '../../etc', rules }] })).toThrow();
    expect(() => read({ ports: [{ link: 'vnet0', rules: [{ ...rules[0], chain: 'mac}\nflush' }] }] })).toThrow();
  });
});
